// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../src/Errors.sol";
import {IOperators} from "../src/interfaces/IOperators.sol";
import {IBatchSettlement} from "../src/settlement/IBatchSettlement.sol";
import {TestMoney} from "../src/TestMoney.sol";
import {Prices} from "../src/Types.sol";
import {MutationsChannel} from "./MutationsChannel.sol";

/// @dev What went wrong with other payment channels and bonds, tried here.
contract IncidentsChannelTest is MutationsChannel {
    function claims(uint128 ceiling, bytes memory by)
        internal
        view
        returns (IBatchSettlement.VoucherClaim[] memory batch)
    {
        batch = new IBatchSettlement.VoucherClaim[](1);
        batch[0] = IBatchSettlement.VoucherClaim(IBatchSettlement.Voucher(config, ceiling), by, ceiling);
    }

    // ------------------------------------------------------------------ Livepeer: an unlock cancelled by a stranger

    function test_no_stranger_puts_off_or_cancels_a_pending_withdrawal() public {
        vm.prank(payer.addr);
        settlement.initiateWithdraw(config, HELD);
        (uint128 amount, uint40 since) = settlement.pendingWithdrawals(channelId);
        vm.warp(vm.getBlockTimestamp() + 450);
        vm.startPrank(anyone);
        fill(config);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_NotAllowed.selector, anyone));
        settlement.initiateWithdraw(config, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.BatchSettlement_NotAllowed.selector, anyone));
        settlement.refund(config, 1);
        vm.expectRevert(badSignature(authorizer.addr));
        settlement.refundWithSignature(config, 1, 0, "");
        settlement.claim(new IBatchSettlement.VoucherClaim[](0));
        vm.stopPrank();
        (uint128 amountThen, uint40 sinceThen) = settlement.pendingWithdrawals(channelId);
        assertEq(amountThen, amount);
        assertEq(sinceThen, since);
        vm.warp(uint256(since) + 900);
        settlement.finalizeWithdraw(config);
        assertEq(TestMoney(config.token).balanceOf(payer.addr), HELD);
    }

    function test_no_stranger_cancels_or_puts_off_an_unbonding() public {
        TestMoney money = TestMoney(config.token);
        IOperators operators = deployOperators(address(money), 100, anyone, makeAddr("treasury"));
        money.mint(payer.addr, 100);
        vm.startPrank(payer.addr);
        money.approve(address(operators), 100);
        operators.register("https://node.example", "key", session.addr, Prices(1, 1, 1), 100);
        operators.beginUnbonding();
        vm.stopPrank();
        uint64 freeAt = operators.operator(payer.addr).freeAtSeconds;
        address[3] memory others = [anyone, session.addr, authorizer.addr];
        for (uint256 i; i < others.length; ++i) {
            vm.startPrank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(Errors.Operators_NotUnbonding.selector, others[i]));
            operators.cancelUnbonding();
            vm.expectRevert(abi.encodeWithSelector(Errors.Operators_NotRegistered.selector, others[i]));
            operators.addBond(1);
            vm.stopPrank();
        }
        assertEq(operators.operator(payer.addr).freeAtSeconds, freeAt);
        vm.warp(freeAt);
        vm.prank(payer.addr);
        operators.withdrawBond(payer.addr);
        assertEq(money.balanceOf(payer.addr), 100);
    }

    // ------------------------------------------------------------------ SingularityNET: a voucher of no chain

    function test_a_voucher_names_its_chain_and_its_contract() public {
        bytes memory by = seal(session, settlement.getVoucherDigest(channelId, 500));
        IBatchSettlement second = deploySettlement();
        assertNotEq(second.getVoucherDigest(channelId, 500), settlement.getVoucherDigest(channelId, 500));
        assertNotEq(second.getChannelId(config), channelId);
        IBatchSettlement first = settlement;
        settlement = second;
        fill(config);
        vm.expectRevert(badSignature(session.addr));
        vm.prank(authorizer.addr);
        second.claim(claims(500, by));
        settlement = first;
        uint256 chainId = block.chainid;
        vm.chainId(chainId + 1);
        fill(config);
        vm.expectRevert(badSignature(session.addr));
        vm.prank(authorizer.addr);
        first.claim(claims(500, by));
        vm.chainId(chainId);
        vm.prank(authorizer.addr);
        first.claim(claims(500, by));
    }

    // ------------------------------------------------------------------ the zero signer

    function testFuzz_nobody_signs_for_a_party_that_is_zero(bytes calldata anything) public {
        config.receiverAuthorizer = address(0);
        vm.expectRevert(badSignature(address(0)));
        settlement.refundWithSignature(config, 1, 0, anything);
        vm.expectRevert(badSignature(address(0)));
        settlement.claimWithSignature(claims(1, anything), anything);
    }

    function test_no_channel_has_a_party_that_is_zero() public {
        IBatchSettlement.ChannelConfig memory whole = config;
        for (uint256 i; i < 4; ++i) {
            config = whole;
            if (i == 0) config.payer = address(0);
            if (i == 1) config.receiver = address(0);
            if (i == 2) config.receiverAuthorizer = address(0);
            if (i == 3) config.token = address(0);
            vm.expectRevert(Errors.BatchSettlement_ZeroParty.selector);
            settlement.deposit(config, 1, anyone, "");
        }
    }
}
