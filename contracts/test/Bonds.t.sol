// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBonds} from "../src/interfaces/IBonds.sol";
import {Operator} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev When a bond makes an operator active, and when it comes back.
contract BondsTest is Base {
    function registerNode(uint256 bond) internal {
        register(node, NODE_KEY, bond);
    }

    function test_an_operator_is_active_from_the_minimum_bond_on() public {
        registerNode(MIN_BOND - 1);
        assertFalse(operators.isActive(node));
        vm.expectRevert(Errors.Operators_ZeroAmount.selector);
        vm.prank(node);
        operators.addBond(0);
        vm.expectEmit(address(operators));
        emit IBonds.BondChanged(node, MIN_BOND);
        vm.prank(node);
        operators.addBond(1);
        assertTrue(operators.isActive(node));
    }

    function test_unbonding_ends_activity_at_once_and_remembers_when() public {
        registerNode(MIN_BOND);
        vm.warp(timeNow() + 5 days);
        uint64 stopped = timeNow();
        vm.expectEmit(address(operators));
        emit IBonds.UnbondingBegan(node, stopped + 14 days);
        vm.prank(node);
        operators.beginUnbonding();
        vm.warp(stopped + 3 days);
        assertFalse(operators.isActive(node));
        Operator memory found = operators.operator(node);
        assertEq(found.unbondingSinceSeconds, stopped);
        assertEq(found.freeAtSeconds, stopped + 14 days);
        assertEq(found.lastActiveAtSeconds, stopped);
    }

    function test_a_bond_is_free_after_fourteen_days_and_no_sooner() public {
        registerNode(MIN_BOND);
        vm.startPrank(node);
        operators.beginUnbonding();
        uint64 free = timeNow() + 14 days;
        vm.warp(free - 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_BondLocked.selector, free, free - 1));
        operators.withdrawBond(stranger);
        vm.warp(free);
        vm.expectRevert(Errors.Operators_ZeroRecipient.selector);
        operators.withdrawBond(address(0));
        operators.withdrawBond(stranger);
        assertEq(money.balanceOf(stranger), MIN_BOND);
        assertEq(money.balanceOf(address(operators)), 0);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_NotUnbonding.selector, node));
        operators.withdrawBond(stranger);
        operators.addBond(MIN_BOND);
        assertTrue(operators.isActive(node), "it may come back");
        vm.stopPrank();
        assertEq(operators.UNBONDING_DELAY(), 14 days);
    }

    function test_cancelling_brings_an_operator_back_and_the_delay_starts_anew() public {
        registerNode(MIN_BOND);
        vm.startPrank(node);
        operators.beginUnbonding();
        vm.warp(timeNow() + 13 days);
        vm.expectEmit(address(operators));
        emit IBonds.UnbondingCancelled(node);
        operators.cancelUnbonding();
        assertTrue(operators.isActive(node));
        operators.beginUnbonding();
        assertEq(operators.operator(node).freeAtSeconds, timeNow() + 14 days);
        vm.stopPrank();
    }

    function test_while_unbonding_nothing_is_added_and_nothing_begun_again() public {
        registerNode(MIN_BOND);
        vm.startPrank(node);
        operators.beginUnbonding();
        bytes memory refusal =
            abi.encodeWithSelector(Errors.Operators_Unbonding.selector, node, timeNow() + 14 days);
        vm.expectRevert(refusal);
        operators.beginUnbonding();
        vm.expectRevert(refusal);
        operators.addBond(1);
        vm.stopPrank();
    }

    function test_without_a_bond_there_is_nothing_to_release() public {
        registerNode(0);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_ZeroBond.selector, node));
        vm.prank(node);
        operators.beginUnbonding();
    }

    function test_a_bond_that_does_not_fit_is_refused_before_money_moves() public {
        registerNode(1);
        uint256 tooLarge = uint256(type(uint128).max) + 1;
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Operators_BondTooLarge.selector, tooLarge, type(uint128).max)
        );
        vm.prank(node);
        operators.addBond(tooLarge - 1);
    }

    function test_when_it_was_last_active_is_told_and_never_if_it_never_was() public {
        (bool active, uint64 atSeconds) = operators.activity(node);
        assertFalse(active);
        assertEq(atSeconds, 0);
        registerNode(MIN_BOND - 1);
        (active, atSeconds) = operators.activity(node);
        assertFalse(active);
        assertEq(atSeconds, 0);
        vm.prank(node);
        operators.addBond(1);
        vm.warp(timeNow() + 1 days);
        (active, atSeconds) = operators.activity(node);
        assertTrue(active);
        assertEq(atSeconds, timeNow());
    }

    function test_unbonding_below_the_minimum_is_no_end_of_activity() public {
        registerNode(MIN_BOND - 1);
        vm.startPrank(node);
        operators.beginUnbonding();
        operators.cancelUnbonding();
        vm.stopPrank();
        (bool active, uint64 atSeconds) = operators.activity(node);
        assertFalse(active);
        assertEq(atSeconds, 0);
    }

    function testFuzz_money_the_registry_holds_the_sum_of_all_bonds(
        uint8[24] calldata acts,
        uint64[24] calldata sums
    ) public {
        address other = makeAddr("other");
        fund(other);
        registerNode(0);
        register(other, "other", 0);
        for (uint256 i; i < acts.length; ++i) {
            vm.startPrank(acts[i] & 1 == 0 ? node : other);
            uint256 act = acts[i] >> 1 & 3;
            // Whatever is refused changes nothing: what is asserted holds over acts done and acts refused alike.
            if (act == 0) try operators.addBond(sums[i]) {} catch {}
            if (act == 1) try operators.beginUnbonding() {} catch {}
            if (act == 2) try operators.cancelUnbonding() {} catch {}
            if (act == 3) try operators.withdrawBond(stranger) {} catch {}
            vm.stopPrank();
            vm.warp(timeNow() + sums[i] % 10 days);
        }
        uint256 bonds = operators.operator(node).bondAtomic + operators.operator(other).bondAtomic;
        assertEq(money.balanceOf(address(operators)), bonds);
        assertEq(money.balanceOf(node) + money.balanceOf(other) + money.balanceOf(stranger) + bonds, 2 * MUCH);
    }
}
