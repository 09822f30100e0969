// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBonds} from "../src/interfaces/IBonds.sol";
import {ISlashing} from "../src/interfaces/ISlashing.sol";
import {Operator, Slash} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev What the owner can take of a bond, when, and what it can never do.
contract SlashingTest is Base {
    uint256 internal constant BOND = 4 * MIN_BOND;
    uint128 internal constant MOST = uint128(MIN_BOND);
    uint64 internal constant NOTICE = 5 days;
    uint64 internal constant ANSWER = 3 days;
    uint64 internal constant WINDOW = 5 days;

    function setUp() public override {
        super.setUp();
        register(node, NODE_KEY, BOND);
    }

    function announce(uint128 amountAtomic) internal returns (uint64 dueAtSeconds) {
        vm.prank(governor);
        operators.announceSlash(node, amountAtomic, "served what it was not admitted to");
        return timeNow() + NOTICE;
    }

    function execute() internal {
        vm.prank(governor);
        operators.executeSlash(node);
    }

    function answer() internal {
        vm.prank(node);
        operators.answerSlash("it was not us");
    }

    function bondOf(address account) internal view returns (uint256) {
        return operators.operator(account).bondAtomic;
    }

    // ------------------------------------------------------------------ construction and constants

    function test_slashed_money_goes_to_an_account_that_is_somebody_and_not_the_owner() public {
        vm.expectRevert(Errors.Operators_ZeroSlashedTo.selector);
        deployOperators(address(money), MIN_BOND, governor, address(0));
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_OwnerIsSlashedTo.selector, governor));
        deployOperators(address(money), MIN_BOND, governor, governor);
        assertEq(operators.slashedTo(), treasury);
    }

    function test_notice_and_answer_are_shorter_than_unbonding() public view {
        assertEq(operators.SLASH_NOTICE(), NOTICE);
        assertEq(operators.SLASH_ANSWER(), ANSWER);
        assertEq(operators.SLASH_WINDOW(), WINDOW);
        assertEq(operators.SLASH_PERIOD(), 30 days);
        assertEq(operators.MAX_SLASH_BPS(), 2500);
        assertLt(operators.SLASH_NOTICE() + operators.SLASH_ANSWER(), operators.UNBONDING_DELAY());
    }

    // ------------------------------------------------------------------ announcing

    function test_an_announcement_is_kept_with_its_times_and_said_with_its_reason() public {
        vm.expectEmit(address(operators));
        emit ISlashing.SlashAnnounced(node, MOST, "served what it was not admitted to", timeNow() + NOTICE);
        uint64 dueAtSeconds = announce(MOST);
        Slash memory slash = operators.slashOf(node);
        assertEq(slash.amountAtomic, MOST);
        assertEq(slash.dueAtSeconds, dueAtSeconds);
        assertEq(slash.lapsesAtSeconds, dueAtSeconds + WINDOW);
        assertFalse(slash.isAnswered);
        assertTrue(operators.isActive(node), "an announcement changes nothing");
    }

    function test_only_the_owner_announces_executes_and_withdraws() public {
        bytes memory refusal = abi.encodeWithSelector(Errors.Owned_NotOwner.selector, stranger, governor);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        operators.announceSlash(node, 1, "");
        vm.expectRevert(refusal);
        operators.executeSlash(node);
        vm.expectRevert(refusal);
        operators.withdrawSlash(node);
        vm.stopPrank();
    }

    function testFuzz_refuses_more_than_a_quarter_of_the_bond(uint128 amountAtomic) public {
        amountAtomic = uint128(bound(amountAtomic, MOST + 1, type(uint128).max));
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_SlashTooLarge.selector, amountAtomic, MOST));
        announce(amountAtomic);
    }

    function test_refuses_to_take_nothing_and_to_take_from_who_has_no_bond() public {
        vm.expectRevert(Errors.Operators_ZeroAmount.selector);
        announce(0);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_SlashTooLarge.selector, 1, 0));
        vm.prank(governor);
        operators.announceSlash(stranger, 1, "");
    }

    function test_one_slash_at_a_time_until_it_lapses() public {
        uint64 lapsesAtSeconds = announce(1) + WINDOW;
        vm.warp(lapsesAtSeconds - 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_SlashPending.selector, node, lapsesAtSeconds));
        announce(2);
        vm.warp(lapsesAtSeconds);
        announce(2);
        assertEq(operators.slashOf(node).amountAtomic, 2);
    }

    // ------------------------------------------------------------------ executing

    function test_a_slash_is_executed_from_its_due_second_and_goes_to_the_treasury() public {
        uint64 dueAtSeconds = announce(MOST);
        vm.warp(dueAtSeconds - 1);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Operators_SlashTooEarly.selector, dueAtSeconds, dueAtSeconds - 1)
        );
        execute();
        vm.warp(dueAtSeconds);
        vm.expectEmit(address(operators));
        emit ISlashing.Slashed(node, MOST);
        vm.expectEmit(address(operators));
        emit IBonds.BondChanged(node, BOND - MOST);
        execute();
        assertEq(money.balanceOf(treasury), MOST);
        assertEq(money.balanceOf(governor), 0);
        assertEq(bondOf(node), BOND - MOST);
        assertEq(money.balanceOf(address(operators)), BOND - MOST);
        assertEq(operators.slashedAtSeconds(node), dueAtSeconds);
        assertEq(operators.slashOf(node).amountAtomic, 0);
    }

    function test_a_slash_is_executed_in_its_last_second_and_lapses_in_the_next() public {
        uint64 lapsesAtSeconds = announce(MOST) + WINDOW;
        uint256 snapshot = vm.snapshotState();
        vm.warp(lapsesAtSeconds);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_NoSlash.selector, node));
        execute();
        vm.revertToState(snapshot);
        vm.warp(lapsesAtSeconds - 1);
        execute();
        assertEq(bondOf(node), BOND - MOST);
    }

    function test_a_slash_is_executed_once() public {
        vm.warp(announce(MOST));
        execute();
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_NoSlash.selector, node));
        execute();
    }

    function test_the_next_slash_is_announced_thirty_days_after_the_last_and_no_sooner() public {
        vm.warp(announce(MOST));
        execute();
        uint64 earliestSeconds = timeNow() + 30 days;
        vm.warp(earliestSeconds - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.Operators_SlashTooSoon.selector, earliestSeconds, earliestSeconds - 1
            )
        );
        announce(1);
        vm.warp(earliestSeconds);
        announce(uint128((BOND - MOST) / 4));
    }

    function testFuzz_money_in_any_thirty_days_at_most_a_quarter_of_the_bond_is_taken(
        uint32[8] calldata pausesSeconds,
        uint128[8] calldata amounts
    ) public {
        uint256 bondBefore = BOND;
        uint64 lastSeconds;
        for (uint256 i; i < pausesSeconds.length; ++i) {
            vm.warp(timeNow() + pausesSeconds[i] % 20 days);
            vm.startPrank(governor);
            // Whatever is refused takes nothing: the bound is asserted over what was done.
            try operators.announceSlash(node, amounts[i] % (MOST + 2), "") {} catch {}
            try operators.executeSlash(node) {
                if (lastSeconds != 0) assertGe(timeNow(), lastSeconds + 30 days);
                assertGe(bondOf(node), bondBefore - bondBefore / 4);
                (lastSeconds, bondBefore) = (timeNow(), bondOf(node));
            } catch {
                // Too early, or nothing announced.
            }
            vm.stopPrank();
        }
        assertEq(bondOf(node) + money.balanceOf(treasury), BOND);
        assertEq(money.balanceOf(address(operators)), bondOf(node));
    }

    // ------------------------------------------------------------------ answering and withdrawing

    function test_an_answer_moves_the_slash_by_three_days_once() public {
        uint64 dueAtSeconds = announce(MOST);
        vm.expectEmit(address(operators));
        emit ISlashing.SlashAnswered(node, "it was not us", dueAtSeconds + ANSWER);
        answer();
        Slash memory slash = operators.slashOf(node);
        assertTrue(slash.isAnswered);
        assertEq(slash.dueAtSeconds, dueAtSeconds + ANSWER);
        assertEq(slash.lapsesAtSeconds, dueAtSeconds + ANSWER + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_AlreadyAnswered.selector, node));
        answer();
        vm.warp(dueAtSeconds + ANSWER - 1);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Operators_SlashTooEarly.selector, dueAtSeconds + ANSWER, timeNow())
        );
        execute();
        vm.warp(dueAtSeconds + ANSWER);
        execute();
    }

    function test_who_is_not_accused_has_nothing_to_answer() public {
        announce(MOST);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_NoSlash.selector, stranger));
        vm.prank(stranger);
        operators.answerSlash("");
        vm.warp(timeNow() + NOTICE + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_NoSlash.selector, node));
        answer();
    }

    function test_a_withdrawn_slash_is_gone_and_another_can_follow() public {
        announce(MOST);
        vm.expectEmit(address(operators));
        emit ISlashing.SlashWithdrawn(node);
        vm.prank(governor);
        operators.withdrawSlash(node);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_NoSlash.selector, node));
        vm.prank(governor);
        operators.withdrawSlash(node);
        announce(1);
    }

    // ------------------------------------------------------------------ unbonding

    function test_an_announced_slash_does_not_hold_a_withdrawal() public {
        vm.prank(node);
        operators.beginUnbonding();
        vm.warp(timeNow() + 12 days);
        announce(MOST);
        vm.warp(timeNow() + 2 days);
        vm.prank(node);
        operators.withdrawBond(stranger);
        assertEq(money.balanceOf(stranger), BOND);
        vm.warp(timeNow() + NOTICE);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_ZeroBond.selector, node));
        execute();
    }

    function test_nobody_leaves_before_a_slash_that_was_announced_when_it_stopped() public {
        uint64 dueAtSeconds = announce(MOST);
        vm.prank(node);
        operators.beginUnbonding();
        uint64 stoppedAtSeconds = timeNow();
        vm.warp(dueAtSeconds + WINDOW - 1);
        answer();
        dueAtSeconds = operators.slashOf(node).dueAtSeconds;
        assertLt(dueAtSeconds, stoppedAtSeconds + 14 days);
        execute();
        assertEq(operators.operator(node).lastActiveAtSeconds, stoppedAtSeconds);
        vm.warp(stoppedAtSeconds + 14 days);
        vm.prank(node);
        operators.withdrawBond(stranger);
        assertEq(money.balanceOf(stranger), BOND - MOST);
        assertEq(money.balanceOf(address(operators)), 0);
    }

    function test_takes_no_more_than_a_quarter_of_what_is_left_when_it_is_executed() public {
        vm.startPrank(node);
        operators.beginUnbonding();
        vm.warp(timeNow() + 13 days);
        vm.stopPrank();
        uint64 dueAtSeconds = announce(MOST);
        vm.warp(timeNow() + 1 days);
        vm.startPrank(node);
        operators.withdrawBond(node);
        operators.addBond(8);
        vm.stopPrank();
        vm.warp(dueAtSeconds);
        execute();
        assertEq(money.balanceOf(treasury), 2);
        assertEq(bondOf(node), 6);
    }

    // ------------------------------------------------------------------ activity

    function test_a_slash_below_the_minimum_ends_activity_and_remembers_when() public {
        fund(stranger);
        register(stranger, "other", MIN_BOND);
        vm.prank(governor);
        operators.announceSlash(stranger, 1, "");
        vm.warp(timeNow() + NOTICE);
        vm.prank(governor);
        operators.executeSlash(stranger);
        uint64 stoppedAtSeconds = timeNow();
        vm.warp(stoppedAtSeconds + 2 days);
        assertFalse(operators.isActive(stranger));
        assertEq(operators.activeOperatorOf("other"), address(0));
        assertEq(operators.operator(stranger).lastActiveAtSeconds, stoppedAtSeconds);
        vm.prank(stranger);
        operators.addBond(1);
        assertTrue(operators.isActive(stranger), "what is missing can be added");
        vm.prank(stranger);
        operators.beginUnbonding();
        assertEq(operators.operator(stranger).lastActiveAtSeconds, stoppedAtSeconds + 2 days);
    }

    function test_a_slash_that_leaves_the_minimum_ends_nothing() public {
        vm.warp(announce(MOST));
        execute();
        vm.warp(timeNow() + 1 days);
        assertTrue(operators.isActive(node));
        Operator memory found = operators.operator(node);
        assertEq(found.lastActiveAtSeconds, timeNow());
    }

    // ------------------------------------------------------------------ never to the owner

    function test_ownership_never_passes_to_the_account_that_receives() public {
        vm.prank(governor);
        operators.offerOwnership(treasury);
        vm.expectRevert(abi.encodeWithSelector(Errors.Operators_OwnerIsSlashedTo.selector, treasury));
        vm.prank(treasury);
        operators.acceptOwnership();
        assertEq(operators.owner(), governor);
    }

    function test_after_ownership_passed_the_money_still_goes_where_it_always_went() public {
        uint64 dueAtSeconds = announce(MOST);
        vm.prank(governor);
        operators.offerOwnership(stranger);
        vm.prank(stranger);
        operators.acceptOwnership();
        vm.warp(dueAtSeconds);
        vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, governor, stranger));
        execute();
        vm.prank(stranger);
        operators.executeSlash(node);
        assertEq(money.balanceOf(stranger), 0);
        assertEq(money.balanceOf(treasury), MOST);
    }
}
