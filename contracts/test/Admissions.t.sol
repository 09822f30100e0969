// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICatalogue} from "../src/interfaces/ICatalogue.sol";
import {Admission, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

contract AdmissionsTest is Base {
    uint256 internal workId;

    function setUp() public override {
        super.setUp();
        workId = createWork("salt", defaultTerms(), noParents(), listOf(node));
    }

    function setAdmitted(address operator, bool admitted) internal {
        vm.prank(creator.addr);
        works.setAdmitted(workId, operator, admitted);
    }

    // ------------------------------------------------------------------ the list

    function test_a_listed_operator_is_admitted_whatever_its_bond_and_others_are_not() public view {
        assertTrue(works.admits(workId, node));
        assertFalse(works.admits(workId, stranger));
        assertFalse(works.admits(workId, address(0)));
    }

    function test_only_the_creator_changes_the_list() public {
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_NotCreator.selector, workId, stranger, creator.addr)
        );
        vm.prank(stranger);
        works.setAdmitted(workId, stranger, true);
    }

    function test_admission_is_immediate_and_removal_takes_seven_days() public {
        vm.expectEmit(address(works));
        emit ICatalogue.AdmissionChanged(workId, stranger, true, uint64(timeNow()));
        setAdmitted(stranger, true);
        assertTrue(works.admits(workId, stranger));

        uint64 endSeconds = uint64(timeNow() + 7 days);
        vm.expectEmit(address(works));
        emit ICatalogue.AdmissionChanged(workId, stranger, false, endSeconds);
        setAdmitted(stranger, false);
        assertEq(works.admittedOf(workId), listOf(node));
        vm.warp(endSeconds - 1);
        assertTrue(works.admits(workId, stranger));
        vm.warp(endSeconds);
        assertFalse(works.admits(workId, stranger));
    }

    function test_admitting_again_takes_a_removal_back() public {
        setAdmitted(node, false);
        vm.warp(timeNow() + 1 days);
        setAdmitted(node, true);
        vm.warp(timeNow() + 8 days);
        assertTrue(works.admits(workId, node));
        assertEq(works.admittedUntilSeconds(workId, node), type(uint64).max);
    }

    function test_the_list_names_each_operator_once_and_no_zero() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_AlreadyAdmitted.selector, workId, node));
        setAdmitted(node, true);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NotAdmitted.selector, workId, stranger));
        setAdmitted(stranger, false);
        vm.expectRevert(Errors.Works_ZeroOperator.selector);
        setAdmitted(address(0), true);
        setAdmitted(node, false);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NotAdmitted.selector, workId, node));
        setAdmitted(node, false);
    }

    function test_sixteen_are_listed_and_no_more() public {
        for (uint160 i = 1; i < 16; ++i) {
            setAdmitted(address(i), true);
        }
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_TooManyAdmitted.selector, 17, 16));
        setAdmitted(stranger, true);
        setAdmitted(address(7), false);
        setAdmitted(stranger, true);
        assertEq(works.admittedOf(workId).length, 16);
    }

    function test_sixteen_at_creation_and_no_more() public {
        address[] memory list = new address[](17);
        for (uint160 i; i < 17; ++i) {
            list[i] = address(i + 1);
        }
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_TooManyAdmitted.selector, 17, 16));
        createWork("other", defaultTerms(), noParents(), list);
    }

    function testFuzz_the_list_holds_exactly_those_admitted_and_not_removed(uint8[24] calldata moves) public {
        bool[8] memory listed;
        for (uint256 i; i < moves.length; ++i) {
            uint256 who = moves[i] % 8;
            setAdmitted(address(uint160(who + 100)), !listed[who]);
            listed[who] = !listed[who];
        }
        uint256 count = 1;
        for (uint256 who; who < 8; ++who) {
            if (listed[who]) ++count;
            bool forEver = works.admittedUntilSeconds(workId, address(uint160(who + 100))) == type(uint64).max;
            assertEq(forEver, listed[who]);
        }
        assertEq(works.admittedOf(workId).length, count);
    }

    // ------------------------------------------------------------------ bonded admission

    function test_bonded_admission_admits_anyone_and_has_no_list() public {
        Terms memory terms = defaultTerms();
        terms.admission = Admission.Bonded;
        uint256 openId = createWork("bonded", terms, noParents(), nobody());
        assertTrue(works.admits(openId, stranger));
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_AdmissionIsBonded.selector, openId));
        vm.prank(creator.addr);
        works.setAdmitted(openId, stranger, true);
        uint256 nextId = works.workIdOf(creator.addr, "next");
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_AdmissionIsBonded.selector, nextId));
        createWork("next", terms, noParents(), listOf(node));
    }

    // ------------------------------------------------------------------ nobody is stranded

    function test_after_thirty_days_without_an_active_admitted_operator_any_active_one_is_admitted() public {
        register(stranger, "other", 0);
        fund(stranger);
        vm.prank(stranger);
        operators.addBond(MIN_BOND);
        vm.warp(timeNow() + 30 days);
        assertFalse(works.admits(workId, stranger));
        vm.warp(timeNow() + 1);
        assertTrue(works.admits(workId, stranger));
        assertFalse(works.admits(workId, buyer.addr), "not one without a bond");
        assertTrue(works.admits(workId, node), "the list still stands");
    }

    function test_an_active_admitted_operator_keeps_others_out_and_the_days_count_from_its_end() public {
        register(node, NODE_KEY, MIN_BOND);
        fund(stranger);
        register(stranger, "other", MIN_BOND);
        vm.warp(timeNow() + 300 days);
        assertEq(works.strandedSinceSeconds(workId), timeNow());
        assertFalse(works.admits(workId, stranger));

        vm.prank(node);
        operators.beginUnbonding();
        uint256 stoppedSeconds = timeNow();
        vm.warp(stoppedSeconds + 30 days);
        assertFalse(works.admits(workId, stranger));
        vm.warp(stoppedSeconds + 30 days + 1);
        assertTrue(works.admits(workId, stranger));
        vm.prank(node);
        operators.cancelUnbonding();
        assertFalse(works.admits(workId, stranger), "back again");
    }

    function test_removing_the_active_operator_counts_until_its_removal_takes_effect() public {
        register(node, NODE_KEY, MIN_BOND);
        fund(stranger);
        register(stranger, "other", MIN_BOND);
        vm.warp(timeNow() + 100 days);
        setAdmitted(node, false);
        assertEq(works.strandedSinceSeconds(workId), timeNow() + 7 days);
        vm.warp(timeNow() + 37 days + 1);
        assertTrue(works.admits(workId, stranger));
    }

    function test_listing_those_who_never_served_does_not_strand_holders() public {
        fund(stranger);
        register(stranger, "other", MIN_BOND);
        uint256 createdSeconds = timeNow();
        for (uint160 i = 1; i < 10; ++i) {
            vm.warp(createdSeconds + i * 3 days);
            setAdmitted(address(i), true);
            setAdmitted(address(i), false);
        }
        vm.warp(createdSeconds + 30 days + 1);
        assertTrue(works.admits(workId, stranger));
    }

    function test_what_an_operator_did_before_it_was_listed_does_not_count() public {
        register(node, NODE_KEY, MIN_BOND);
        address other = makeAddr("other");
        fund(other);
        register(other, "other", MIN_BOND);
        vm.prank(node);
        operators.beginUnbonding();
        uint256 lateId = createWork("late", defaultTerms(), noParents(), nobody());
        uint256 createdSeconds = timeNow();
        vm.warp(createdSeconds + 20 days);
        vm.prank(other);
        operators.beginUnbonding();
        vm.warp(createdSeconds + 21 days);
        vm.prank(creator.addr);
        works.setAdmitted(lateId, other, true);
        assertEq(works.strandedSinceSeconds(lateId), createdSeconds);
    }
}
