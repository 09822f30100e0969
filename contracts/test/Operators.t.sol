// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBonds} from "../src/interfaces/IBonds.sol";
import {IOperators} from "../src/interfaces/IOperators.sol";
import {Operator, Prices} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

contract OperatorsTest is Base {
    address internal constant PAYMENT_KEY = address(0xbeef);

    function registerNode(uint256 bond) internal {
        vm.prank(node);
        operators.register("https://node.example", NODE_KEY, PAYMENT_KEY, prices(), bond);
    }

    function test_a_registry_has_money_and_a_minimum_for_its_bonds() public {
        vm.expectRevert(Errors.Operators_ZeroMoney.selector);
        deployOperators(address(0), MIN_BOND, governor, treasury);
        vm.expectRevert(Errors.Operators_ZeroMinimumBond.selector);
        deployOperators(address(money), 0, governor, treasury);
        assertEq(operators.money(), address(money));
        assertEq(operators.minimumBondAtomic(), MIN_BOND);
        assertEq(operators.MAX_ENDPOINT_BYTES(), 256);
    }

    // ------------------------------------------------------------------ register

    function test_registering_keeps_everything_and_takes_the_bond() public {
        vm.expectEmit(address(operators));
        emit IOperators.OperatorRegistered(node, "https://node.example", NODE_KEY, PAYMENT_KEY, prices());
        vm.expectEmit(address(operators));
        emit IBonds.BondChanged(node, MIN_BOND);
        registerNode(MIN_BOND);

        Operator memory found = operators.operator(node);
        assertEq(found.endpoint, "https://node.example");
        assertEq(found.sessionKey, NODE_KEY);
        assertEq(found.paymentKey, PAYMENT_KEY);
        assertEq(abi.encode(found.prices), abi.encode(prices()));
        assertEq(found.bondAtomic, MIN_BOND);
        assertEq(found.registeredAtSeconds, timeNow());
        assertEq(found.unbondingSinceSeconds, 0);
        assertEq(found.freeAtSeconds, 0);
        assertEq(found.lastActiveAtSeconds, timeNow());
        assertTrue(operators.isActive(node));
        assertEq(operators.operatorOf(NODE_KEY), node);
        assertEq(operators.operatorOfPaymentKey(PAYMENT_KEY), node);
        assertEq(money.balanceOf(address(operators)), MIN_BOND);
    }

    function test_one_registers_once() public {
        registerNode(0);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_AlreadyRegistered.selector, node));
        registerNode(0);
    }

    function test_an_endpoint_is_there_and_not_too_long() public {
        vm.startPrank(node);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_EndpointLength.selector, 0, 256));
        operators.register("", NODE_KEY, PAYMENT_KEY, prices(), 0);
        string memory long = string(new bytes(257));
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_EndpointLength.selector, 257, 256));
        operators.register(long, NODE_KEY, PAYMENT_KEY, prices(), 0);
        operators.register(string(new bytes(256)), NODE_KEY, PAYMENT_KEY, prices(), 0);
        vm.stopPrank();
    }

    function test_keys_are_not_zero_and_the_payment_key_is_not_the_owner() public {
        vm.startPrank(node);
        vm.expectRevert(Errors.Operators_ZeroSessionKey.selector);
        operators.register("e", 0, PAYMENT_KEY, prices(), 0);
        vm.expectRevert(Errors.Operators_ZeroPaymentKey.selector);
        operators.register("e", NODE_KEY, address(0), prices(), 0);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_PaymentKeyIsOwner.selector, node));
        operators.register("e", NODE_KEY, node, prices(), 0);
        vm.stopPrank();
    }

    function test_keys_are_nobody_elses() public {
        registerNode(0);
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_SessionKeyTaken.selector, NODE_KEY, node));
        operators.register("e", NODE_KEY, address(1), prices(), 0);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_PaymentKeyTaken.selector, PAYMENT_KEY, node));
        operators.register("e", "other", PAYMENT_KEY, prices(), 0);
        vm.stopPrank();
    }

    function test_an_unknown_operator_reads_as_zero_and_is_not_active() public view {
        assertEq(operators.operator(stranger).sessionKey, 0);
        assertEq(operators.operatorOf(0), address(0));
        assertEq(operators.operatorOf("unknown"), address(0));
        assertEq(operators.operatorOfPaymentKey(address(0)), address(0));
        assertFalse(operators.isActive(stranger));
        assertFalse(operators.isActive(address(0)));
    }

    function test_the_active_operator_of_a_key_is_one_only_while_bonded() public {
        registerNode(MIN_BOND - 1);
        assertEq(operators.operatorOf(NODE_KEY), node);
        assertEq(operators.activeOperatorOf(NODE_KEY), address(0));
        vm.prank(node);
        operators.addBond(1);
        assertEq(operators.activeOperatorOf(NODE_KEY), node);
        vm.prank(node);
        operators.rotateSessionKey("new");
        assertEq(operators.activeOperatorOf(NODE_KEY), address(0));
        assertEq(operators.activeOperatorOf("new"), node);
        vm.prank(node);
        operators.beginUnbonding();
        assertEq(operators.activeOperatorOf("new"), address(0));
        assertEq(operators.activeOperatorOf(0), address(0));
    }

    // ------------------------------------------------------------------ update and rotate

    function test_endpoint_payment_key_and_prices_change_and_the_old_payment_key_is_free() public {
        registerNode(0);
        Prices memory dearer = Prices(1, 2, type(uint48).max);
        vm.expectEmit(address(operators));
        emit IOperators.OperatorUpdated(node, "https://new.example", NODE_KEY, address(0xcafe), dearer);
        vm.prank(node);
        operators.update("https://new.example", address(0xcafe), dearer);
        assertEq(operators.operator(node).endpoint, "https://new.example");
        assertEq(abi.encode(operators.operator(node).prices), abi.encode(dearer));
        assertEq(operators.operatorOfPaymentKey(address(0xcafe)), node);
        assertEq(operators.operatorOfPaymentKey(PAYMENT_KEY), address(0));
        register(stranger, "other", 0);
        vm.prank(stranger);
        operators.update("e", PAYMENT_KEY, prices());
        assertEq(operators.operatorOfPaymentKey(PAYMENT_KEY), stranger);
    }

    function test_an_update_may_keep_the_payment_key_and_may_not_take_anothers() public {
        registerNode(0);
        vm.prank(node);
        operators.update("https://new.example", PAYMENT_KEY, prices());
        register(stranger, "other", 0);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_PaymentKeyTaken.selector, PAYMENT_KEY, node));
        vm.prank(stranger);
        operators.update("e", PAYMENT_KEY, prices());
    }

    function test_a_rotated_key_is_current_at_once_and_the_old_one_is_nobodys_for_ever() public {
        registerNode(0);
        vm.expectEmit(address(operators));
        emit IOperators.SessionKeyRotated(node, "new");
        vm.prank(node);
        operators.rotateSessionKey("new");
        assertEq(operators.operatorOf("new"), node);
        assertEq(operators.operatorOf(NODE_KEY), address(0));
        assertEq(operators.sessionKeyOwner(NODE_KEY), node);

        bytes memory refusal =
            abi.encodeWithSelector(Errors.Operators_SessionKeyTaken.selector, NODE_KEY, node);
        vm.expectRevert(refusal);
        vm.prank(node);
        operators.rotateSessionKey(NODE_KEY);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        operators.register("e", NODE_KEY, address(1), prices(), 0);
    }

    function testFuzz_a_session_key_belongs_to_one_operator_for_ever(uint8[16] calldata keys) public {
        register(node, "first", 0);
        register(stranger, "second", 0);
        address[2] memory owners = [node, stranger];
        for (uint256 i; i < keys.length; ++i) {
            bytes32 key = bytes32(uint256(keys[i] % 8) + 1);
            address before = operators.sessionKeyOwner(key);
            vm.prank(owners[i % 2]);
            try operators.rotateSessionKey(key) {
                assertEq(before, address(0));
                assertEq(operators.operatorOf(key), owners[i % 2]);
            } catch {
                assertEq(operators.sessionKeyOwner(key), before);
                assertNotEq(before, address(0));
            }
        }
    }

    function test_strangers_to_the_registry_change_nothing() public {
        bytes memory refusal = abi.encodeWithSelector(Errors.Operators_NotRegistered.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        operators.update("e", PAYMENT_KEY, prices());
        vm.expectRevert(refusal);
        operators.rotateSessionKey("new");
        vm.expectRevert(refusal);
        operators.addBond(1);
        vm.expectRevert(refusal);
        operators.beginUnbonding();
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_NotUnbonding.selector, stranger));
        operators.cancelUnbonding();
        vm.stopPrank();
    }
}
