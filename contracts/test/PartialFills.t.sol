// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Listing, Offer} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev Orders of several editions, filled part by part.
contract PartialFillsTest is Base {
    uint256 internal constant TOTAL = 10;

    uint256 internal workId;
    Listing internal listing;
    Offer internal offer;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 40);
        listing = listingOf(workId, TOTAL, PRICE);
        offer = offerOf(workId, TOTAL, PRICE);
    }

    function buy(uint256 quantity) internal {
        bytes memory signature = sign(seller, works.listingDigest(listing));
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, quantity, signature);
    }

    function accept(uint256 quantity) internal {
        bytes memory signature = sign(buyer, works.offerDigest(offer));
        vm.prank(seller.addr);
        works.acceptOffer(offer, signature, quantity, 0);
    }

    function refuseSale(uint256 quantity, bytes memory refusal) internal {
        bytes memory signature = sign(seller, works.listingDigest(listing));
        vm.expectRevert(refusal);
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, quantity, signature);
    }

    function refuseOffer(uint256 quantity, bytes memory refusal) internal {
        bytes memory signature = sign(buyer, works.offerDigest(offer));
        vm.expectRevert(refusal);
        vm.prank(seller.addr);
        works.acceptOffer(offer, signature, quantity, 0);
    }

    function filledError(address maker, uint256 nonce, uint256 asked, uint256 left)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(Errors.Works_OrderFilled.selector, maker, nonce, asked, left);
    }

    // ------------------------------------------------------------------ sums

    function testFuzz_money_parts_of_a_listing_cost_and_bring_exactly_the_whole(uint48 price, uint8[3] memory cuts)
        public
    {
        price = uint48(bound(price, 0, MUCH / TOTAL));
        listing.priceAtomic = price;
        uint256 before = accrued();
        uint256 left = TOTAL;
        for (uint256 i; i < cuts.length && left != 0; ++i) {
            uint256 part = i == cuts.length - 1 ? left : bound(cuts[i], 1, left);
            buy(part);
            left -= part;
            assertEq(
                works.filledOf(seller.addr, listing.nonce), left == 0 && part == TOTAL ? 0 : TOTAL - left
            );
        }
        uint256 each = uint256(price) / 10 + uint256(price) * FEE_BPS / 10_000;
        assertEq(MUCH - money.balanceOf(buyer.addr), TOTAL * price);
        assertEq(accrued() - before, TOTAL * each);
        assertEq(money.balanceOf(seller.addr) - MUCH, TOTAL * (price - each));
        assertTrue(works.isNonceUsed(seller.addr, listing.nonce));
    }

    function testFuzz_money_parts_of_an_offer_cost_and_bring_exactly_the_whole(uint48 price, uint8 cut) public {
        price = uint48(bound(price, 0, MUCH / TOTAL));
        offer.priceAtomic = price;
        uint256 before = accrued();
        uint256 part = bound(cut, 1, TOTAL - 1);
        accept(part);
        accept(TOTAL - part);
        uint256 each = uint256(price) / 10 + uint256(price) * FEE_BPS / 10_000;
        assertEq(MUCH - money.balanceOf(buyer.addr), TOTAL * price);
        assertEq(accrued() - before, TOTAL * each);
        assertEq(money.balanceOf(seller.addr) - MUCH, TOTAL * (price - each));
        assertEq(works.balanceOf(buyer.addr, workId), TOTAL);
    }

    function testFuzz_no_more_is_ever_filled_than_was_signed(uint8[3] memory asked) public {
        uint256 sum;
        bytes memory signature = sign(seller, works.listingDigest(listing));
        for (uint256 i; i < asked.length; ++i) {
            uint256 quantity = bound(asked[i], 1, 11);
            vm.prank(buyer.addr);
            (bool ok,) =
                address(works).call(abi.encodeCall(IMarket.buy, (listing, buyer.addr, quantity, signature)));
            assertEq(ok, sum + quantity <= TOTAL);
            if (ok) sum += quantity;
        }
        assertEq(works.balanceOf(buyer.addr, workId), sum);
        assertLe(sum, TOTAL);
    }

    // ------------------------------------------------------------------ what is left

    function test_a_part_leaves_the_rest_to_anyone_and_says_how_much() public {
        vm.expectEmit(address(works));
        emit IMarket.Sold(workId, seller.addr, buyer.addr, 3, 75e6, 7.5e6, 1.875e6, 300);
        buy(3);
        assertEq(works.filledOf(seller.addr, 300), 3);
        assertFalse(works.isNonceUsed(seller.addr, 300));
        refuseSale(8, filledError(seller.addr, 300, 8, 7));
        buy(7);
        assertTrue(works.isNonceUsed(seller.addr, 300));
        refuseSale(1, filledError(seller.addr, 300, 1, 0));
    }

    function test_a_part_of_an_offer_leaves_the_rest_to_any_holder() public {
        accept(4);
        give(stranger, workId, 9);
        bytes memory signature = sign(buyer, works.offerDigest(offer));
        vm.startPrank(stranger);
        vm.expectRevert(filledError(buyer.addr, 7, 7, 6));
        works.acceptOffer(offer, signature, 7, 0);
        works.acceptOffer(offer, signature, 6, 0);
        vm.stopPrank();
        assertEq(works.balanceOf(buyer.addr, workId), TOTAL);
    }

    function test_an_order_for_one_is_not_filled_twice_over() public {
        listing.quantity = 1;
        refuseSale(2, filledError(seller.addr, 300, 2, 1));
        offer.quantity = 1;
        refuseOffer(2, filledError(buyer.addr, 7, 2, 1));
    }

    function test_what_is_left_dies_by_the_nonce_and_by_the_counter() public {
        buy(3);
        uint256 snapshot = vm.snapshotState();
        uint256[] memory nonces = new uint256[](1);
        nonces[0] = 300;
        vm.prank(seller.addr);
        works.cancel(nonces);
        refuseSale(1, abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        refuseSale(7, abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        vm.revertToState(snapshot);
        vm.prank(seller.addr);
        uint256 counter = works.cancelAll();
        refuseSale(1, abi.encodeWithSelector(Errors.Works_WrongCounter.selector, seller.addr, 0, counter));
        assertEq(works.filledOf(seller.addr, 300), 0, "under the new counter nothing is filled");
        listing.counter = counter;
        buy(TOTAL);
    }

    function test_a_nonce_filled_in_part_is_for_no_other_order() public {
        buy(3);
        listing.priceAtomic -= 1;
        refuseSale(3, abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        listing.quantity = 3;
        refuseSale(3, abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
    }

    function test_a_nonce_filled_in_part_sells_no_order_for_one_and_the_rest_stands() public {
        buy(3);
        Listing memory parted = listing;
        (listing.quantity, listing.priceAtomic) = (1, PRICE + 1);
        refuseSale(1, abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        listing = parted;
        buy(7);
        assertEq(works.balanceOf(buyer.addr, workId), TOTAL);
    }

    function test_an_order_of_more_than_can_ever_be_is_refused_by_its_size() public {
        uint256 tooMany = uint256(type(uint32).max) + 1;
        listing.quantity = tooMany;
        bytes memory refusal =
            abi.encodeWithSelector(Errors.Works_QuantityTooLarge.selector, tooMany, type(uint32).max);
        refuseSale(1, refusal);
        offer.quantity = tooMany;
        refuseOffer(1, refusal);
    }

    function test_a_gasless_buyer_takes_a_part_and_each_part_has_its_own_authorization() public {
        bytes32 digest = works.listingDigest(listing);
        bytes memory signature = sign(seller, digest);
        for (uint256 i; i < 2; ++i) {
            bytes32 nonce = works.purchaseNonce(digest, 4, buyer.addr, bytes32(i));
            Authorization memory authorization = authorize(buyer, address(works), 4 * PRICE, nonce);
            vm.prank(relayer);
            works.buyWithAuthorization(listing, buyer.addr, 4, signature, authorization, bytes32(i));
            vm.expectRevert(
                i == 0
                    ? abi.encodeWithSelector(Errors.TestMoney_AuthorizationUsed.selector, buyer.addr, nonce)
                    : filledError(seller.addr, 300, 4, 2)
            );
            vm.prank(relayer);
            works.buyWithAuthorization(listing, buyer.addr, 4, signature, authorization, bytes32(i));
        }
        assertEq(works.balanceOf(buyer.addr, workId), 8);
    }

    function accrued() internal view returns (uint256) {
        (uint256 ofCreator, uint256 ofTreasury) = works.accruedOf(workId);
        return ofCreator + ofTreasury;
    }
}
