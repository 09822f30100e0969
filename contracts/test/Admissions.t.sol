// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAdmissions} from "../src/interfaces/IAdmissions.sol";
import {Admission, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev Who is admitted by a work's list, or by its terms. What happens if nobody serves is in Stranded.t.sol.
contract AdmissionsTest is Base {
    uint256 internal workId;

    function setUp() public override {
        super.setUp();
        workId = createWork("salt", defaultTerms(), noParents(), listOf(node));
    }

    function setAdmitted(address operator, bool admitted) internal {
        vm.prank(creator.addr);
        admissions.setAdmitted(workId, operator, admitted);
    }

    // ------------------------------------------------------------------ construction

    function test_works_brings_its_own_admissions_and_alone_begins_lists() public {
        assertEq(admissions.works(), address(works));
        assertEq(admissions.operators(), address(operators));
        assertEq(works.admissions(), address(admissions));
        assertEq(admissions.MAX_ADMITTED(), 16);
        assertEq(admissions.REMOVAL_DELAY(), 7 days);
        assertEq(admissions.STRANDED_DELAY(), 30 days);
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_NotWorks.selector, stranger, address(works)));
        vm.prank(stranger);
        admissions.begin(7, stranger, Admission.Listed, nobody());
        vm.expectRevert(Errors.Admissions_ZeroOperators.selector);
        deployWorks(address(money), address(0), treasury, address(policy), "");
    }

    function test_a_work_that_is_not_there_admits_nobody_and_has_no_list_to_change() public {
        assertFalse(admissions.admits(7, node));
        assertEq(admissions.admittedOf(7).length, 0);
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_UnknownWork.selector, 7));
        admissions.setAdmitted(7, node, true);
    }

    // ------------------------------------------------------------------ the list

    function test_a_listed_operator_is_admitted_whatever_its_bond_and_others_are_not() public view {
        assertTrue(admissions.admits(workId, node));
        assertFalse(admissions.admits(workId, stranger));
        assertFalse(admissions.admits(workId, address(0)));
    }

    function test_only_the_creator_changes_the_list() public {
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Admissions_NotCreator.selector, workId, stranger, creator.addr)
        );
        vm.prank(stranger);
        admissions.setAdmitted(workId, stranger, true);
    }

    function test_admission_is_immediate_and_removal_takes_seven_days() public {
        vm.expectEmit(address(admissions));
        emit IAdmissions.AdmissionChanged(workId, stranger, true, uint64(timeNow()));
        setAdmitted(stranger, true);
        assertTrue(admissions.admits(workId, stranger));

        uint64 endSeconds = uint64(timeNow() + 7 days);
        vm.expectEmit(address(admissions));
        emit IAdmissions.AdmissionChanged(workId, stranger, false, endSeconds);
        setAdmitted(stranger, false);
        assertEq(admissions.admittedOf(workId), listOf(node));
        vm.warp(endSeconds - 1);
        assertTrue(admissions.admits(workId, stranger));
        vm.warp(endSeconds);
        assertFalse(admissions.admits(workId, stranger));
    }

    function test_admitting_again_takes_a_removal_back() public {
        setAdmitted(node, false);
        vm.warp(timeNow() + 1 days);
        setAdmitted(node, true);
        vm.warp(timeNow() + 8 days);
        assertTrue(admissions.admits(workId, node));
        assertEq(admissions.admittedUntilSeconds(workId, node), type(uint64).max);
    }

    function test_the_list_names_each_operator_once_and_no_zero() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_AlreadyAdmitted.selector, workId, node));
        setAdmitted(node, true);
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_NotAdmitted.selector, workId, stranger));
        setAdmitted(stranger, false);
        vm.expectRevert(Errors.Admissions_ZeroOperator.selector);
        setAdmitted(address(0), true);
        setAdmitted(node, false);
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_NotAdmitted.selector, workId, node));
        setAdmitted(node, false);
    }

    function test_sixteen_are_listed_and_no_more() public {
        for (uint160 i = 1; i < 16; ++i) {
            setAdmitted(address(i), true);
        }
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_TooMany.selector, 17, 16));
        setAdmitted(stranger, true);
        setAdmitted(address(7), false);
        setAdmitted(stranger, true);
        assertEq(admissions.admittedOf(workId).length, 16);
    }

    function test_sixteen_at_creation_and_no_more() public {
        address[] memory list = new address[](17);
        for (uint160 i; i < 17; ++i) {
            list[i] = address(i + 1);
        }
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_TooMany.selector, 17, 16));
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
            bool forEver =
                admissions.admittedUntilSeconds(workId, address(uint160(who + 100))) == type(uint64).max;
            assertEq(forEver, listed[who]);
        }
        assertEq(admissions.admittedOf(workId).length, count);
    }

    // ------------------------------------------------------------------ bonded admission

    function test_bonded_admission_admits_anyone_and_has_no_list() public {
        Terms memory terms = defaultTerms();
        terms.admission = Admission.Bonded;
        uint256 openId = createWork("bonded", terms, noParents(), nobody());
        assertTrue(admissions.admits(openId, stranger));
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_IsBonded.selector, openId));
        vm.prank(creator.addr);
        admissions.setAdmitted(openId, stranger, true);
        uint256 nextId = works.workIdOf(creator.addr, "next");
        vm.expectRevert(abi.encodeWithSelector(Errors.Admissions_IsBonded.selector, nextId));
        createWork("next", terms, noParents(), listOf(node));
    }
}
