// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAdmissions} from "../src/interfaces/IAdmissions.sol";
import {Base, Errors} from "./Base.sol";

/// @dev Nobody who bought is stranded: what an operator undertakes, and what happens if none does for thirty days.
contract StrandedTest is Base {
    uint256 internal workId;
    address internal outsider = makeAddr("outsider");
    uint64 internal createdAtSeconds;

    function setUp() public override {
        super.setUp();
        workId = createWork("salt", defaultTerms(), noParents(), listOf(node));
        createdAtSeconds = timeNow();
        fund(outsider);
        register(outsider, "outsider", MIN_BOND);
        register(node, NODE_KEY, MIN_BOND);
    }

    function setAdmitted(address operator, bool admitted) internal {
        vm.prank(creator.addr);
        admissions.setAdmitted(workId, operator, admitted);
    }

    function accept(bool accepted) internal {
        vm.prank(node);
        admissions.setAccepted(workId, node, accepted);
    }

    /// @dev Thirty days after `sinceSeconds` the outsider is still kept out, and a second later let in.
    function opensThirtyDaysAfter(uint64 sinceSeconds) internal {
        assertEq(admissions.strandedSinceSeconds(workId), sinceSeconds);
        vm.warp(sinceSeconds + 30 days);
        assertFalse(admissions.admits(workId, outsider));
        vm.warp(sinceSeconds + 30 days + 1);
        assertTrue(admissions.admits(workId, outsider));
    }

    // ------------------------------------------------------------------ undertaking to serve

    function test_an_operator_accepts_its_listing_and_takes_that_back() public {
        assertEq(admissions.acceptedAtSeconds(workId, node), 0);
        vm.expectEmit(address(admissions));
        emit IAdmissions.AdmissionAccepted(workId, node, true);
        accept(true);
        assertEq(admissions.acceptedAtSeconds(workId, node), timeNow());
        vm.expectEmit(address(admissions));
        emit IAdmissions.AdmissionAccepted(workId, node, false);
        accept(false);
        assertEq(admissions.acceptedAtSeconds(workId, node), 0);
        assertTrue(admissions.admits(workId, node), "it may serve either way");
    }

    function test_its_payment_key_accepts_for_it_and_nobody_else_does() public {
        address paymentKey = operators.operator(node).paymentKey;
        vm.prank(paymentKey);
        admissions.setAccepted(workId, node, true);
        address[3] memory others = [creator.addr, outsider, operators.operator(outsider).paymentKey];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_NotOperator.selector, others[i], node));
            vm.prank(others[i]);
            admissions.setAccepted(workId, node, false);
        }
    }

    function test_nobody_accepts_for_the_zero_operator_through_an_unknown_payment_key() public {
        // Whoever is nobody's payment key resolves to the zero operator, which no list holds.
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_NotAdmitted.selector, workId, address(0)));
        vm.prank(stranger);
        admissions.setAccepted(workId, address(0), true);
    }

    function test_only_who_is_admitted_accepts_and_only_a_change_is_one() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_NotAdmitted.selector, workId, outsider));
        vm.prank(outsider);
        admissions.setAccepted(workId, outsider, true);
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_Unchanged.selector, workId, node, false));
        accept(false);
        accept(true);
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_Unchanged.selector, workId, node, true));
        accept(true);
        setAdmitted(node, false);
        vm.warp(timeNow() + 7 days - 1);
        accept(false);
        vm.warp(timeNow() + 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_NotAdmitted.selector, workId, node));
        accept(true);
    }

    // ------------------------------------------------------------------ nobody serves

    function test_a_listed_stranger_that_never_accepted_holds_no_work_captive() public {
        assertTrue(operators.isActive(node));
        opensThirtyDaysAfter(createdAtSeconds);
        assertTrue(admissions.admits(workId, node), "the list still stands");
        assertFalse(admissions.admits(workId, stranger), "none without a bond");
    }

    function test_any_number_of_listed_strangers_hold_no_work_captive() public {
        for (uint160 i; i < 15; ++i) {
            address operator = address(1000 + i);
            fund(operator);
            register(operator, bytes32(uint256(1000 + i)), MIN_BOND);
            vm.warp(timeNow() + 1 days);
            setAdmitted(operator, true);
        }
        opensThirtyDaysAfter(createdAtSeconds);
    }

    function test_listing_and_removing_those_who_never_accepted_buys_no_time() public {
        for (uint160 i = 1; i < 10; ++i) {
            vm.warp(createdAtSeconds + i * 3 days);
            setAdmitted(outsider, true);
            setAdmitted(outsider, false);
        }
        // The outsider itself is on the list for seven days after its last removal.
        vm.warp(createdAtSeconds + 30 days + 1);
        assertEq(admissions.strandedSinceSeconds(workId), createdAtSeconds);
        fund(stranger);
        register(stranger, "late", MIN_BOND);
        assertTrue(admissions.admits(workId, stranger));
    }

    function test_a_bond_alone_without_being_active_keeps_nobody_out() public {
        accept(true);
        vm.prank(node);
        operators.beginUnbonding();
        opensThirtyDaysAfter(createdAtSeconds);
    }

    // ------------------------------------------------------------------ somebody serves

    function test_an_active_operator_that_accepted_keeps_others_out() public {
        accept(true);
        vm.warp(timeNow() + 300 days);
        assertEq(admissions.strandedSinceSeconds(workId), timeNow());
        assertFalse(admissions.admits(workId, outsider));
    }

    function test_the_days_count_from_the_end_of_its_activity_and_stop_when_it_comes_back() public {
        accept(true);
        vm.warp(timeNow() + 100 days);
        vm.prank(node);
        operators.beginUnbonding();
        opensThirtyDaysAfter(timeNow());
        vm.prank(node);
        operators.cancelUnbonding();
        assertFalse(admissions.admits(workId, outsider), "back again");
    }

    function test_the_days_count_from_when_it_took_its_word_back() public {
        accept(true);
        vm.warp(timeNow() + 100 days);
        accept(false);
        opensThirtyDaysAfter(timeNow());
    }

    function test_the_days_count_from_when_its_removal_takes_effect() public {
        accept(true);
        vm.warp(timeNow() + 100 days);
        setAdmitted(node, false);
        opensThirtyDaysAfter(timeNow() + 7 days);
    }

    function test_accepting_after_the_thirty_days_shuts_the_door_again() public {
        opensThirtyDaysAfter(createdAtSeconds);
        accept(true);
        assertFalse(admissions.admits(workId, outsider));
    }

    function test_a_slash_below_the_minimum_counts_as_the_end_of_activity() public {
        accept(true);
        vm.prank(governor);
        operators.announceSlash(node, 1, "");
        vm.warp(timeNow() + 5 days);
        vm.prank(governor);
        operators.executeSlash(node);
        opensThirtyDaysAfter(timeNow());
    }

    function test_what_an_operator_did_before_it_was_listed_or_accepted_does_not_count() public {
        vm.warp(timeNow() + 20 days);
        vm.prank(node);
        operators.beginUnbonding();
        vm.warp(timeNow() + 1 days);
        accept(true);
        assertEq(admissions.strandedSinceSeconds(workId), createdAtSeconds);
    }

    // ------------------------------------------------------------------ listed once more

    function test_who_comes_back_after_its_removal_took_effect_has_not_accepted() public {
        accept(true);
        uint64 untilSeconds = timeNow() + 7 days;
        setAdmitted(node, false);
        vm.warp(untilSeconds - 1);
        assertEq(admissions.acceptedAtSeconds(workId, node), createdAtSeconds, "it serves on until then");
        vm.warp(untilSeconds);
        assertEq(admissions.acceptedAtSeconds(workId, node), 0, "its word ended with its listing");
        vm.warp(untilSeconds + 365 days);
        setAdmitted(node, true);
        assertEq(admissions.acceptedAtSeconds(workId, node), 0, "nobody asked it");
        assertTrue(operators.isActive(node));
        assertEq(admissions.strandedSinceSeconds(workId), untilSeconds);
        assertTrue(admissions.admits(workId, outsider), "the work stays open");
        accept(true);
        assertFalse(admissions.admits(workId, outsider));
    }

    function test_who_comes_back_before_its_removal_takes_effect_never_left() public {
        accept(true);
        setAdmitted(node, false);
        vm.warp(timeNow() + 7 days - 1);
        setAdmitted(node, true);
        assertEq(admissions.acceptedAtSeconds(workId, node), createdAtSeconds);
        vm.warp(timeNow() + 365 days);
        assertEq(admissions.strandedSinceSeconds(workId), timeNow());
        assertFalse(admissions.admits(workId, outsider));
    }
}
