// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";

import {IOrders} from "../src/interfaces/IOrders.sol";
import {Listing, Offer} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev How makers take back what they signed: one, many, all; and nobody else can.
contract OrdersTest is Base {
    uint256 internal workId;
    Listing internal listing;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 5);
        listing = listingOf(workId, 1, PRICE);
    }

    function buy() internal {
        bytes memory signature = sign(seller, works.listingDigest(listing));
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, 1, signature);
    }

    function refuseSale(bytes memory refusal) internal {
        bytes memory signature = sign(seller, works.listingDigest(listing));
        vm.expectRevert(refusal);
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, 1, signature);
    }

    function cancel(address maker, uint256 nonce) internal {
        uint256[] memory nonces = new uint256[](1);
        nonces[0] = nonce;
        vm.prank(maker);
        works.cancel(nonces);
    }

    function used(uint256 nonce) internal view returns (bytes memory) {
        return abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, nonce);
    }

    // ------------------------------------------------------------------ cancel

    function testFuzz_a_cancelled_order_is_never_filled_and_no_other_dies(uint256 nonce, uint256 other)
        public
    {
        vm.assume(nonce != other);
        cancel(seller.addr, nonce);
        assertTrue(works.isNonceUsed(seller.addr, nonce));
        assertFalse(works.isNonceUsed(seller.addr, other));
        listing.nonce = nonce;
        refuseSale(used(nonce));
        listing.nonce = other;
        buy();
        assertTrue(works.isNonceUsed(seller.addr, other));
        assertEq(works.counterOf(seller.addr), 0, "no nonce reaches the counter");
    }

    function test_many_are_cancelled_at_once_on_either_side_of_what_the_makers_word_holds() public {
        uint256[] memory nonces = new uint256[](6);
        (nonces[0], nonces[1], nonces[2], nonces[3]) = (0, 127, 128, 255);
        (nonces[4], nonces[5]) = (256, type(uint256).max);
        vm.expectEmit(address(works));
        emit IOrders.OrdersCancelled(seller.addr, 0, nonces);
        vm.prank(seller.addr);
        works.cancel(nonces);
        for (uint256 i; i < nonces.length; ++i) {
            listing.nonce = nonces[i];
            refuseSale(used(nonces[i]));
        }
        assertEq(works.counterOf(seller.addr), 0);
        listing.nonce = 129;
        buy();
    }

    function test_a_cancelled_nonce_is_cancelled_again_without_effect() public {
        cancel(seller.addr, 3);
        cancel(seller.addr, 3);
        assertTrue(works.isNonceUsed(seller.addr, 3));
        assertFalse(works.isNonceUsed(seller.addr, 2));
    }

    function test_cancelling_nothing_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NothingToCancel.selector, stranger));
        vm.prank(stranger);
        works.cancel(new uint256[](0));
    }

    function test_a_listing_and_an_offer_of_one_maker_with_one_nonce_die_together() public {
        give(buyer.addr, workId, 1);
        Offer memory offer = offerOf(workId, 1, PRICE);
        cancel(buyer.addr, offer.nonce);
        bytes memory signature = sign(buyer, works.offerDigest(offer));
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, buyer.addr, offer.nonce));
        vm.prank(seller.addr);
        works.acceptOffer(offer, signature, 1, 0);
        (listing.seller, listing.nonce) = (buyer.addr, offer.nonce);
        signature = sign(buyer, works.listingDigest(listing));
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, buyer.addr, offer.nonce));
        vm.prank(seller.addr);
        works.buy(listing, seller.addr, 1, signature);
    }

    // ------------------------------------------------------------------ cancelAll

    function testFuzz_raising_the_counter_kills_every_order_and_frees_every_nonce(uint256 nonce) public {
        cancel(seller.addr, nonce);
        uint256 before = works.counterOf(seller.addr);
        vm.prank(seller.addr);
        uint256 counter = works.cancelAll();
        assertGt(counter, before);
        assertEq(works.counterOf(seller.addr), counter);
        assertFalse(works.isNonceUsed(seller.addr, nonce));
        listing.nonce = nonce;
        refuseSale(abi.encodeWithSelector(Errors.Works_WrongCounter.selector, seller.addr, before, counter));
        listing.counter = counter;
        buy();
    }

    function test_raising_the_counter_says_the_new_one() public {
        vm.recordLogs();
        vm.prank(seller.addr);
        uint256 counter = works.cancelAll();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1);
        assertEq(logs[0].topics[0], IOrders.CounterRaised.selector);
        assertEq(logs[0].topics[1], bytes32(uint256(uint160(seller.addr))));
        assertEq(abi.decode(logs[0].data, (uint256)), counter);
    }

    function test_the_next_counter_is_another_in_every_block_and_for_every_maker() public {
        uint256 snapshot = vm.snapshotState();
        vm.prank(seller.addr);
        uint256 first = works.cancelAll();
        vm.prank(buyer.addr);
        assertNotEq(works.cancelAll(), first);
        vm.revertToState(snapshot);
        vm.roll(vm.getBlockNumber() + 1);
        vm.setBlockhash(vm.getBlockNumber() - 1, keccak256("the block after"));
        vm.prank(seller.addr);
        assertNotEq(works.cancelAll(), first);
    }

    function testFuzz_no_order_is_signed_for_a_later_counter(uint256 ahead) public {
        ahead = bound(ahead, 1, type(uint256).max);
        listing.counter = ahead;
        refuseSale(abi.encodeWithSelector(Errors.Works_WrongCounter.selector, seller.addr, ahead, 0));
    }

    function test_a_maker_can_raise_its_counter_again_and_again_and_it_never_comes_back() public {
        uint256 last;
        for (uint256 i; i < 40; ++i) {
            vm.prank(seller.addr);
            uint256 counter = works.cancelAll();
            assertGt(counter, last);
            assertLe(counter - last, 1 << 64);
            last = counter;
        }
    }

    // ------------------------------------------------------------------ others

    function testFuzz_a_stranger_cancels_nothing_of_anothers(uint256 nonce, address caller) public {
        vm.assume(caller != seller.addr);
        cancel(caller, nonce);
        vm.prank(caller);
        works.cancelAll();
        assertFalse(works.isNonceUsed(seller.addr, nonce));
        assertEq(works.counterOf(seller.addr), 0);
        listing.nonce = nonce;
        buy();
    }

    function test_an_order_may_live_thirty_days() public view {
        assertEq(works.MAX_ORDER_SECONDS(), 30 days);
    }
}
