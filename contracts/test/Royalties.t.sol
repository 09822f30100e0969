// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRoyalties} from "../src/interfaces/IRoyalties.sol";
import {ISplitter} from "../src/interfaces/ISplitter.sol";
import {Parent, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {MoodyMoney} from "./MoodyMoney.sol";

/// @dev What is paid for chats, from the splitter to what each is owed.
contract RoyaltiesTest is Base {
    address internal ancestor;
    uint256 internal parentId;
    uint256 internal workId;
    address internal splitter;

    function setUp() public override {
        super.setUp();
        ancestor = makeAddr("ancestor");
        vm.prank(ancestor);
        parentId = works.create("parent", defaultTerms(), noParents(), nobody(), CONTENT);
        Parent[] memory parents = new Parent[](1);
        parents[0] = Parent(parentId, 2500);
        workId = createWork("salt", defaultTerms(), parents, nobody());
        splitter = works.splitterOf(workId, node);
    }

    function pay(uint256 amount) internal {
        money.mint(splitter, amount);
    }

    function ofCreator(uint256 id) internal view returns (uint256 creatorAtomic) {
        (creatorAtomic,) = works.accruedOf(id);
    }

    function ofTreasury(uint256 id) internal view returns (uint256 treasuryAtomic) {
        (, treasuryAtomic) = works.accruedOf(id);
    }

    function gather(uint256 id) internal {
        uint256[] memory ids = new uint256[](1);
        ids[0] = id;
        works.gather(ids);
    }

    // ------------------------------------------------------------------ splitters

    function test_money_sent_before_deployment_is_collected_by_a_splitter_at_the_predicted_address() public {
        pay(1_000_001);
        assertEq(splitter.code.length, 0);
        vm.expectEmit(address(works));
        emit IRoyalties.ParentPaid(workId, parentId, 50_000);
        vm.expectEmit(address(works));
        emit IRoyalties.Collected(workId, node, 1_000_000, 150_000, 50_000, 775_000, 25_000);
        vm.prank(stranger);
        assertEq(works.collect(workId, node), 1_000_000);
        assertGt(splitter.code.length, 0);
        assertEq(money.balanceOf(splitter), 1, "one unit rests");
        assertEq(ofCreator(workId), 150_000);
        assertEq(ofCreator(parentId), 50_000);
        assertEq(works.creditOf(node), 775_000);
        assertEq(ofTreasury(workId), 25_000);
    }

    function test_a_splitter_collects_again_and_again_and_leaves_one_unit() public {
        pay(101);
        works.collect(workId, node);
        pay(100);
        assertEq(works.collect(workId, node), 100);
        assertEq(money.balanceOf(splitter), 1);
        assertEq(money.balanceOf(address(works)), 200);
    }

    function testFuzz_each_pair_has_an_address_of_its_own(uint256 otherId, address other) public view {
        vm.assume(otherId != workId || other != node);
        assertNotEq(works.splitterOf(otherId, other), splitter);
    }

    function test_only_the_ledger_sweeps_a_splitter() public {
        pay(10);
        works.collect(workId, node);
        pay(10);
        vm.expectRevert(abi.encodeWithSelector(Errors.Splitter_NotWorks.selector, stranger, address(works)));
        vm.prank(stranger);
        ISplitter(splitter).sweep(1);
        address body = works.splitterBody();
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Splitter_NotWorks.selector, address(this), address(works))
        );
        ISplitter(body).sweep(0);
    }

    // ------------------------------------------------------------------ shares

    function testFuzz_money_every_amount_is_split_to_the_last_unit(
        uint96 amount,
        uint16 usageBps,
        uint16[4] memory sharesBps,
        uint256 count
    ) public {
        amount = uint96(bound(amount, 2, type(uint96).max));
        Terms memory terms = defaultTerms();
        terms.usageRoyaltyBps = uint16(bound(usageBps, 0, 5000));
        Parent[] memory parents = new Parent[](count % 5);
        for (uint256 i; i < parents.length; ++i) {
            vm.prank(address(uint160(9000 + i)));
            uint256 id = works.create("fuzz", defaultTerms(), noParents(), nobody(), CONTENT);
            parents[i] = Parent(id, uint16(bound(sharesBps[i], 1, 1250)));
        }
        uint256 fuzzedId = createWork("fuzzed", terms, parents, nobody());
        money.mint(works.splitterOf(fuzzedId, node), amount);
        uint256 collected = works.collect(fuzzedId, node);

        assertEq(collected, uint256(amount) - 1);
        uint256 royalty = collected * terms.usageRoyaltyBps / 10_000;
        uint256 toParents;
        for (uint256 i; i < parents.length; ++i) {
            gather(parents[i].workId);
            uint256 share = works.creditOf(address(uint160(9000 + i)));
            assertEq(share, royalty * parents[i].shareBps / 10_000);
            toParents += share;
        }
        gather(fuzzedId);
        assertEq(works.creditOf(creator.addr), royalty - toParents);
        assertEq(works.creditOf(treasury), collected * FEE_BPS / 10_000);
        assertEq(works.creditOf(node), collected - royalty - works.creditOf(treasury));
        assertEq(money.balanceOf(address(works)), collected);
    }

    function test_parents_are_paid_one_level_deep_confirmed_or_not() public {
        Parent[] memory parents = new Parent[](1);
        parents[0] = Parent(workId, 5000);
        vm.prank(stranger);
        uint256 grandchildId = works.create("grandchild", defaultTerms(), parents, nobody(), CONTENT);
        money.mint(works.splitterOf(grandchildId, node), 10_001);
        works.collect(grandchildId, node);
        assertEq(ofCreator(grandchildId), 1000);
        assertEq(ofCreator(workId), 1000);
        assertEq(ofCreator(parentId), 0);
    }

    function test_one_account_in_every_role_gets_it_all() public {
        vm.prank(treasury);
        uint256 ownId = works.create("own", defaultTerms(), noParents(), nobody(), CONTENT);
        money.mint(works.splitterOf(ownId, treasury), 778);
        works.collect(ownId, treasury);
        gather(ownId);
        assertEq(works.creditOf(treasury), 777);
    }

    function test_a_payee_that_cannot_receive_blocks_nobody() public {
        money.setMood(creator.addr, MoodyMoney.Mood.Reverts);
        money.setMood(treasury, MoodyMoney.Mood.Reverts);
        pay(10_001);
        works.collect(workId, node);
        gather(workId);
        vm.prank(node);
        assertEq(works.withdraw(node), 7750);
        vm.expectRevert();
        vm.prank(creator.addr);
        works.withdraw(creator.addr);
        vm.prank(creator.addr);
        works.withdraw(stranger);
        assertEq(money.balanceOf(stranger), 1500, "it takes its money elsewhere");
    }

    // ------------------------------------------------------------------ nothing to collect

    function test_the_resting_unit_alone_is_not_collected() public {
        pay(1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NothingToCollect.selector, splitter, 1));
        works.collect(workId, node);
    }

    function test_money_for_a_work_that_is_not_there_yet_waits_for_it() public {
        uint256 laterId = works.workIdOf(creator.addr, "later");
        money.mint(works.splitterOf(laterId, node), 101);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_UnknownWork.selector, laterId));
        works.collect(laterId, node);
        createWork("later", defaultTerms(), noParents(), nobody());
        assertEq(works.collect(laterId, node), 100);
    }

    function test_nothing_is_credited_to_nobody() public {
        money.mint(works.splitterOf(workId, address(0)), 100);
        vm.expectRevert(Errors.Works_ZeroOperator.selector);
        works.collect(workId, address(0));
    }

    // ------------------------------------------------------------------ many

    function test_many_are_collected_at_once_and_those_with_nothing_are_skipped() public {
        uint256[] memory ids = new uint256[](6);
        address[] memory nodes = new address[](6);
        (ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]) = (workId, parentId, workId, 7, workId, workId);
        (nodes[0], nodes[1], nodes[2], nodes[3], nodes[4]) = (node, node, stranger, node, address(0));
        nodes[5] = node;
        pay(101);
        money.mint(works.splitterOf(parentId, node), 51);
        money.mint(works.splitterOf(7, node), 1000);
        money.mint(works.splitterOf(workId, address(0)), 1000);
        assertEq(works.collectMany(ids, nodes), 150);
        assertEq(money.balanceOf(address(works)), 150);
        assertEq(works.collectMany(ids, nodes), 0);
    }

    function test_many_are_named_in_pairs() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_LengthMismatch.selector, 2, 1));
        works.collectMany(new uint256[](2), new address[](1));
    }

    function test_one_pair_whose_money_is_refused_leaves_the_others_to_be_collected_alone() public {
        pay(101);
        money.mint(works.splitterOf(parentId, node), 51);
        money.setMood(address(works), MoodyMoney.Mood.Reverts);
        vm.expectRevert();
        works.collect(workId, node);
        money.setMood(address(works), MoodyMoney.Mood.Kind);
        assertEq(works.collect(parentId, node), 50);
        assertEq(works.collect(workId, node), 100);
    }

    function test_after_a_sale_of_the_work_its_royalty_still_goes_to_its_creator() public {
        give(buyer.addr, workId, 1);
        uint256 before = ofCreator(workId);
        pay(10_001);
        works.collect(workId, node);
        assertEq(ofCreator(workId) - before, 1500);
        assertEq(works.work(workId).minted, 1, "beside what the till keeps");
    }
}
