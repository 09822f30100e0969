// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {IPolicy} from "../src/interfaces/IPolicy.sol";
import {Base, Errors} from "./Base.sol";
import {SmartAccount, Wrapper} from "./SmartAccount.sol";

/// @dev A policy without a cap of its own, as a ledger deployed beside another policy might meet.
contract BoldPolicy {
    uint16 public protocolFeeBps;

    constructor(uint16 feeBps) {
        protocolFeeBps = feeBps;
    }

    function setFee(uint16 feeBps) external {
        protocolFeeBps = feeBps;
    }
}

/// @dev The fee, from its announcement to the sale that pays it; and which code may hold editions.
contract PolicyTest is Base {
    uint64 internal constant NOTICE = 48 hours;

    function announce(uint16 feeBps) internal returns (uint64 effectiveAtSeconds) {
        vm.prank(governor);
        policy.announceFee(feeBps);
        return timeNow() + NOTICE;
    }

    // ------------------------------------------------------------------ construction

    function test_begins_with_a_fee_below_the_cap() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Policy_FeeTooHigh.selector, 501, 500));
        deployPolicy(governor, 501, new bytes32[](0));
        IPolicy highest = deployPolicy(governor, 500, new bytes32[](0));
        assertEq(highest.protocolFeeBps(), 500);
        (uint16 feeBps, uint64 effectiveAtSeconds) = highest.announcedFee();
        assertEq(feeBps, 500);
        assertEq(effectiveAtSeconds, 0);
    }

    function test_its_constants_are_those_that_the_ledger_promises() public view {
        assertEq(policy.NOTICE_SECONDS(), NOTICE);
        assertEq(policy.MAX_PROTOCOL_FEE_BPS(), 500);
        assertEq(works.MAX_PROTOCOL_FEE_BPS(), 500);
        assertEq(policy.protocolFeeBps(), FEE_BPS);
    }

    // ------------------------------------------------------------------ the fee

    function test_only_the_owner_announces_a_fee() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, stranger, governor));
        vm.prank(stranger);
        policy.announceFee(0);
    }

    function testFuzz_refuses_a_fee_above_the_cap(uint16 feeBps) public {
        feeBps = uint16(bound(feeBps, 501, type(uint16).max));
        vm.expectRevert(abi.encodeWithSelector(Errors.Policy_FeeTooHigh.selector, feeBps, 500));
        announce(feeBps);
    }

    function testFuzz_a_fee_holds_after_forty_eight_hours_and_not_a_second_sooner(uint16 feeBps) public {
        feeBps = uint16(bound(feeBps, 0, 500));
        vm.expectEmit(address(policy));
        emit IPolicy.FeeAnnounced(feeBps, timeNow() + NOTICE);
        uint64 effectiveAtSeconds = announce(feeBps);
        (uint16 announcedBps, uint64 announcedSeconds) = policy.announcedFee();
        assertEq(announcedBps, feeBps);
        assertEq(announcedSeconds, effectiveAtSeconds);
        vm.warp(effectiveAtSeconds - 1);
        assertEq(policy.protocolFeeBps(), FEE_BPS);
        vm.warp(effectiveAtSeconds);
        assertEq(policy.protocolFeeBps(), feeBps);
    }

    function test_a_second_announcement_replaces_the_first_and_waits_anew() public {
        uint64 first = announce(500);
        vm.warp(first - 1);
        uint64 second = announce(0);
        vm.warp(first);
        assertEq(policy.protocolFeeBps(), FEE_BPS, "the first never holds");
        vm.warp(second - 1);
        assertEq(policy.protocolFeeBps(), FEE_BPS);
        vm.warp(second);
        assertEq(policy.protocolFeeBps(), 0);
    }

    function test_a_fee_that_holds_goes_on_holding_while_the_next_waits() public {
        vm.warp(announce(500));
        uint64 second = announce(100);
        assertEq(policy.protocolFeeBps(), 500);
        vm.warp(second);
        assertEq(policy.protocolFeeBps(), 100);
    }

    function test_a_withdrawn_announcement_never_holds() public {
        uint64 effectiveAtSeconds = announce(500);
        vm.warp(effectiveAtSeconds - 1);
        vm.expectEmit(address(policy));
        emit IPolicy.FeeWithdrawn(500);
        vm.prank(governor);
        policy.withdrawFee();
        vm.warp(effectiveAtSeconds + 365 days);
        assertEq(policy.protocolFeeBps(), FEE_BPS);
        (uint16 feeBps, uint64 announcedSeconds) = policy.announcedFee();
        assertEq(feeBps, FEE_BPS);
        assertEq(announcedSeconds, 0);
    }

    function test_only_the_owner_withdraws_and_only_what_does_not_hold_yet() public {
        vm.expectRevert(Errors.Policy_NothingAnnounced.selector);
        vm.prank(governor);
        policy.withdrawFee();
        uint64 effectiveAtSeconds = announce(500);
        vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, stranger, governor));
        vm.prank(stranger);
        policy.withdrawFee();
        vm.warp(effectiveAtSeconds);
        vm.expectRevert(Errors.Policy_NothingAnnounced.selector);
        vm.prank(governor);
        policy.withdrawFee();
        assertEq(policy.protocolFeeBps(), 500);
    }

    // ------------------------------------------------------------------ the ledger takes the fee over

    function only(uint256 id) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](1);
        ids[0] = id;
    }

    function test_anyone_adopts_what_holds_for_the_works_named_and_their_sales_pay_the_old_fee_until_then()
        public
    {
        uint256 workId = createWork();
        uint256 otherId = createWork("other", defaultTerms(), noParents(), nobody());
        vm.warp(announce(500));
        give(buyer.addr, workId, 1);
        (, uint256 oldFeeAtomic) = works.accruedOf(workId);
        assertEq(oldFeeAtomic, uint256(PRICE) * FEE_BPS / 10_000);
        vm.expectEmit(address(works));
        emit ICredits.FeeAdopted(workId, 500);
        vm.prank(stranger);
        works.adoptFee(only(workId));
        give(buyer.addr, workId, 1);
        (uint256 creatorAtomic, uint256 bothAtomic) = works.accruedOf(workId);
        assertEq(bothAtomic - oldFeeAtomic, uint256(PRICE) * 500 / 10_000);
        assertEq(creatorAtomic + bothAtomic, 2 * uint256(PRICE), "what it had accrued stays");
        assertEq(works.feeBpsOf(workId), 500);
        assertEq(works.feeBpsOf(otherId), FEE_BPS);
        assertEq(abi.encode(works.work(workId).terms), abi.encode(defaultTerms()), "its terms stay");
    }

    function test_a_work_begins_with_the_fee_that_holds_when_it_is_created() public {
        uint64 effectiveAtSeconds = announce(500);
        vm.warp(effectiveAtSeconds - 1);
        uint256 workId = createWork();
        vm.warp(effectiveAtSeconds);
        uint256 laterId = works.workIdOf(creator.addr, "later");
        vm.expectEmit(address(works));
        emit ICredits.FeeAdopted(laterId, 500);
        createWork("later", defaultTerms(), noParents(), nobody());
        assertEq(works.feeBpsOf(workId), FEE_BPS);
        assertEq(works.feeBpsOf(laterId), 500);
        assertEq(works.feeBpsOf(7), 0);
    }

    function test_adopting_what_a_work_has_already_changes_nothing_and_says_nothing() public {
        uint256 workId = createWork();
        vm.warp(announce(500) - 1);
        vm.recordLogs();
        works.adoptFee(only(workId));
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(works.feeBpsOf(workId), FEE_BPS);
    }

    function test_a_work_that_is_not_there_adopts_nothing() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_UnknownWork.selector, 7));
        works.adoptFee(only(7));
    }

    function testFuzz_refuses_a_fee_above_its_own_cap_whatever_the_policy_says(uint16 feeBps) public {
        feeBps = uint16(bound(feeBps, 501, type(uint16).max));
        BoldPolicy bold = new BoldPolicy(FEE_BPS);
        works = deployWorks(address(money), address(operators), treasury, address(bold), "https://edge.example");
        uint256 workId = createWork();
        bold.setFee(feeBps);
        bytes memory refusal = abi.encodeWithSelector(Errors.Works_FeeTooHigh.selector, feeBps, 500);
        vm.expectRevert(refusal);
        works.adoptFee(only(workId));
        vm.expectRevert(refusal);
        createWork("later", defaultTerms(), noParents(), nobody());
        assertEq(works.feeBpsOf(workId), FEE_BPS);
    }

    // ------------------------------------------------------------------ holders

    function test_plain_and_delegated_accounts_and_listed_code_may_hold_and_other_contracts_may_not() public {
        address account = address(new SmartAccount());
        assertTrue(policy.isAccountCode(account.codehash));
        assertTrue(policy.mayHold(account));
        assertTrue(policy.mayHold(stranger));
        delegate(stranger);
        assertTrue(policy.mayHold(stranger));
        address wrapper = address(new Wrapper());
        assertFalse(policy.isAccountCode(wrapper.codehash));
        assertFalse(policy.mayHold(wrapper));
    }
}
