// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Listing, Permit} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev What is paid by the caller's EIP-2612 permit of exactly the cost.
contract PermitsTest is Base {
    uint256 internal workId;
    Listing internal listing;
    bytes internal signature;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 5);
        listing = listingOf(workId, 3, PRICE);
        signature = sign(seller, works.listingDigest(listing));
        vm.prank(buyer.addr);
        money.approve(address(works), 0);
    }

    function mint(uint256 quantity, uint256 ceiling, Permit memory permit) internal {
        vm.prank(buyer.addr);
        works.mintWithPermit(workId, quantity, stranger, ceiling, permit);
    }

    function buy(uint256 quantity, Permit memory permit) internal {
        vm.prank(buyer.addr);
        works.buyWithPermit(listing, stranger, quantity, signature, permit);
    }

    function spend(Permit memory permit, uint256 value) internal {
        vm.prank(relayer);
        money.permit(buyer.addr, address(works), value, permit.deadlineSeconds, permit.v, permit.r, permit.s);
    }

    function test_a_permit_of_exactly_the_cost_mints_and_leaves_no_allowance() public {
        mint(2, 50e6, permitOf(buyer, 50e6));
        assertEq(works.balanceOf(stranger, workId), 2);
        assertEq(money.balanceOf(buyer.addr), MUCH - 50e6);
        assertEq(money.allowance(buyer.addr, address(works)), 0);
    }

    function test_a_permit_of_exactly_the_cost_buys_a_part_of_a_listing() public {
        buy(2, permitOf(buyer, 50e6));
        assertEq(works.balanceOf(stranger, workId), 2);
        assertEq(works.filledOf(seller.addr, 300), 2);
        assertEq(money.balanceOf(buyer.addr), MUCH - 50e6);
        assertEq(money.allowance(buyer.addr, address(works)), 0);
    }

    function test_whoever_spends_the_permit_first_does_the_buyer_a_service() public {
        Permit memory permit = permitOf(buyer, PRICE);
        spend(permit, PRICE);
        buy(1, permit);
        assertEq(works.balanceOf(stranger, workId), 1);
        permit = permitOf(buyer, PRICE);
        spend(permit, PRICE);
        mint(1, PRICE, permit);
        assertEq(works.balanceOf(stranger, workId), 2);
    }

    function test_a_spent_permit_is_not_spent_again() public {
        Permit memory permit = permitOf(buyer, PRICE);
        buy(1, permit);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        buy(1, permit);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        mint(1, PRICE, permit);
    }

    function testFuzz_money_a_permit_of_another_sum_buys_nothing(uint256 value) public {
        vm.assume(value != PRICE);
        Permit memory permit = permitOf(buyer, value);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        buy(1, permit);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        mint(1, PRICE, permit);
        assertEq(money.balanceOf(buyer.addr), MUCH);
        assertEq(works.balanceOf(stranger, workId), 0);
        assertFalse(works.isNonceUsed(seller.addr, 300));
    }

    function test_an_expired_permit_buys_nothing() public {
        Permit memory permit = permitOf(buyer, PRICE);
        vm.warp(permit.deadlineSeconds + 1);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        buy(1, permit);
        vm.warp(permit.deadlineSeconds);
        buy(1, permit);
    }

    function test_a_permit_is_of_no_use_to_another_caller() public {
        Permit memory permit = permitOf(buyer, PRICE);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        vm.prank(relayer);
        works.buyWithPermit(listing, relayer, 1, signature, permit);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        vm.prank(relayer);
        works.mintWithPermit(workId, 1, relayer, PRICE, permit);
    }

    function test_a_mint_by_permit_keeps_to_its_ceiling() public {
        Permit memory permit = permitOf(buyer, 50e6);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_CostTooHigh.selector, 50e6, 50e6 - 1));
        mint(2, 50e6 - 1, permit);
    }

    function test_a_standing_allowance_pays_where_the_permit_is_void() public {
        vm.prank(buyer.addr);
        money.approve(address(works), PRICE);
        buy(1, Permit(0, 0, 0, 0));
        assertEq(works.balanceOf(stranger, workId), 1);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        buy(1, Permit(0, 0, 0, 0));
    }
}
