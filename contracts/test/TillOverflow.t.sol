// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {Parent, Terms} from "../src/Types.sol";
import {Base} from "./Base.sol";

/// @dev A till packs its accruals into 56 and 48 bits. What no longer fits is credited at once: no sum is lost, none
/// stops a payment.
contract TillOverflowTest is Base {
    uint256 internal constant MOST_CREATOR = type(uint56).max;
    uint256 internal constant MOST_TREASURY = type(uint48).max;

    /// @dev Pays what makes `amountAtomic` collectable.
    function collect(uint256 id, uint256 amountAtomic) internal {
        address splitter = works.splitterOf(id, node);
        money.mint(splitter, amountAtomic + 1 - money.balanceOf(splitter));
        assertEq(works.collect(id, node), amountAtomic);
    }

    function noFee() internal {
        vm.prank(governor);
        policy.announceFee(0);
        vm.warp(timeNow() + 48 hours);
    }

    function workWith(bytes32 salt, uint16 usageRoyaltyBps) internal returns (uint256) {
        Terms memory terms = defaultTerms();
        terms.usageRoyaltyBps = usageRoyaltyBps;
        return createWork(salt, terms, noParents(), nobody());
    }

    function accrued(uint256 id, uint256 creatorAtomic, uint256 treasuryAtomic) internal view {
        (uint256 foundCreator, uint256 foundTreasury) = works.accruedOf(id);
        assertEq(foundCreator, creatorAtomic, "creator's accrual");
        assertEq(foundTreasury, treasuryAtomic, "treasury's accrual");
    }

    function test_a_creators_accrual_fills_its_bits_and_one_unit_more_is_credited() public {
        noFee();
        uint256 workId = workWith("half", 5000);
        collect(workId, 2 * MOST_CREATOR);
        accrued(workId, MOST_CREATOR, 0);
        assertEq(works.creditOf(creator.addr), 0);
        money.mint(works.splitterOf(workId, node), 2);
        vm.expectEmit(address(works));
        emit ICredits.Credited(creator.addr, workId, MOST_CREATOR);
        vm.expectEmit(address(works));
        emit ICredits.Credited(creator.addr, workId, 1);
        works.collect(workId, node);
        accrued(workId, 0, 0);
        assertEq(works.creditOf(creator.addr), MOST_CREATOR + 1);
        collect(workId, 2);
        accrued(workId, 1, 0);
    }

    function test_the_treasurys_accrual_fills_its_bits_and_one_unit_more_is_credited() public {
        uint256 workId = workWith("none", 0);
        collect(workId, 40 * MOST_TREASURY);
        accrued(workId, 0, MOST_TREASURY);
        collect(workId, 40);
        accrued(workId, 0, 0);
        assertEq(works.creditOf(treasury), MOST_TREASURY + 1);
    }

    function test_when_one_accrual_is_full_both_are_credited_and_neither_is_lost() public {
        uint256 workId = workWith("some", 100);
        collect(workId, 40 * MOST_TREASURY);
        (uint256 creatorAtomic,) = works.accruedOf(workId);
        assertGt(creatorAtomic, 0);
        collect(workId, 400);
        accrued(workId, 0, 0);
        assertEq(works.creditOf(treasury), MOST_TREASURY + 10);
        assertEq(works.creditOf(creator.addr), creatorAtomic + 4);
    }

    function test_one_sum_that_fits_no_till_is_credited_at_once() public {
        uint256 workId = workWith("half", 5000);
        collect(workId, uint256(type(uint96).max) + 1);
        accrued(workId, 0, 0);
        assertEq(works.creditOf(creator.addr), uint256(1) << 95);
        assertEq(
            abi.encode(works.work(workId).terms.usageRoyaltyBps),
            abi.encode(5000),
            "the rest of the till stays"
        );
        assertEq(works.feeBpsOf(workId), FEE_BPS);
        assertEq(money.balanceOf(address(works)), uint256(1) << 96);
    }

    function test_a_sale_whose_price_fits_no_till_is_made_all_the_same() public {
        Terms memory terms = defaultTerms();
        (terms.priceAtomic, terms.editionCap) = (type(uint48).max, type(uint32).max);
        uint256 workId = createWork("dear", terms, noParents(), nobody());
        uint256 costAtomic = uint256(type(uint48).max) * type(uint32).max;
        money.mint(buyer.addr, costAtomic);
        vm.prank(buyer.addr);
        works.mint(workId, type(uint32).max, buyer.addr, costAtomic);
        accrued(workId, 0, 0);
        uint256 feeAtomic = costAtomic * FEE_BPS / 10_000;
        assertEq(works.creditOf(treasury), feeAtomic);
        assertEq(works.creditOf(creator.addr), costAtomic - feeAtomic);
        assertEq(works.work(workId).minted, type(uint32).max);
        assertEq(abi.encode(works.work(workId).terms), abi.encode(terms));
    }

    function test_a_parents_till_spills_like_any_other() public {
        noFee();
        vm.prank(seller.addr);
        uint256 parentId = works.create("parent", defaultTerms(), noParents(), nobody(), CONTENT);
        Parent[] memory parents = new Parent[](1);
        parents[0] = Parent(parentId, 5000);
        Terms memory terms = defaultTerms();
        terms.usageRoyaltyBps = 5000;
        uint256 childId = createWork("child", terms, parents, nobody());
        collect(childId, 4 * MOST_CREATOR);
        accrued(parentId, MOST_CREATOR, 0);
        accrued(childId, MOST_CREATOR, 0);
        collect(childId, 4);
        accrued(parentId, 0, 0);
        assertEq(works.creditOf(seller.addr), MOST_CREATOR + 1);
        assertEq(works.creditOf(creator.addr), MOST_CREATOR + 1);
    }

    function testFuzz_money_accruals_and_credits_add_up_to_every_unit_that_came_in(
        uint96[6] calldata amounts,
        uint16 usageBps,
        bool gathers
    ) public {
        uint256 workId = workWith("fuzzed", usageBps % 5001);
        (uint256 creatorSum, uint256 treasurySum, uint256 sum) = (0, 0, 0);
        for (uint256 i; i < amounts.length; ++i) {
            // Sums of every size between one unit and all of them.
            uint256 amountAtomic = uint256(amounts[i]) >> (amounts[i] % 90) | 1;
            collect(workId, amountAtomic);
            creatorSum += amountAtomic * (usageBps % 5001) / 10_000;
            treasurySum += amountAtomic * FEE_BPS / 10_000;
            sum += amountAtomic;
            if (gathers && i == 3) works.gather(idsOf(workId));
            (uint256 creatorAtomic, uint256 treasuryAtomic) = works.accruedOf(workId);
            assertEq(creatorAtomic + works.creditOf(creator.addr), creatorSum);
            assertEq(treasuryAtomic + works.creditOf(treasury), treasurySum);
        }
        assertEq(works.creditOf(node), sum - creatorSum - treasurySum);
        assertEq(money.balanceOf(address(works)), sum);
    }

    function idsOf(uint256 id) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](1);
        ids[0] = id;
    }
}
