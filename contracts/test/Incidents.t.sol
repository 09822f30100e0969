// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Listing, Offer} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {ILedger} from "./ILedger.sol";
import {MoodyMoney} from "./MoodyMoney.sol";
import {SchemingSigner} from "./SchemingSigner.sol";

/// @dev What went wrong in other markets, tried here. Of payment channels: IncidentsChannel.t.sol.
contract IncidentsTest is Base {
    uint256 internal workId;
    Listing internal listing;
    bytes internal listed;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 1);
        listing = listingOf(workId, 1, PRICE);
        listed = sign(seller, works.listingDigest(listing));
    }

    function buy() internal {
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, 1, listed);
    }

    /// @dev The seller parts with its edition, and comes by another one later.
    function partAndRebuy() internal {
        vm.prank(seller.addr);
        works.safeTransferFrom(seller.addr, stranger, workId, 1, "");
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_NotEnoughEditions.selector, workId, seller.addr, 0, 1)
        );
        buy();
        give(seller.addr, workId, 1);
    }

    // ------------------------------------------------------------------ OpenSea, 2022: a stale listing

    function test_the_rule_a_listing_lives_until_cancelled_or_expired_and_sells_what_its_seller_holds_then()
        public
    {
        partAndRebuy();
        buy();
        assertEq(works.balanceOf(buyer.addr, workId), 1);
        assertEq(works.balanceOf(stranger, workId), 1, "what was given away stays given away");
    }

    function test_a_listing_cancelled_by_its_nonce_never_sells_a_rebought_edition() public {
        uint256[] memory nonces = new uint256[](1);
        nonces[0] = listing.nonce;
        vm.prank(seller.addr);
        works.cancel(nonces);
        partAndRebuyUnsold();
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, listing.nonce));
        buy();
    }

    function test_listings_cancelled_by_the_counter_never_sell_a_rebought_edition() public {
        vm.prank(seller.addr);
        uint256 counter = works.cancelAll();
        partAndRebuyUnsold();
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_WrongCounter.selector, seller.addr, 0, counter));
        buy();
    }

    function test_an_expired_listing_never_sells_a_rebought_edition_and_none_outlives_thirty_days() public {
        uint256 latest = timeNow() + 30 days;
        (listing.nonce, listing.expiresAtSeconds) = (1, latest);
        listed = sign(seller, works.listingDigest(listing));
        partAndRebuy();
        vm.warp(latest + 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_OrderExpired.selector, latest, latest + 1));
        buy();
    }

    function test_a_cheaper_listing_does_not_outlive_the_sale_under_a_dearer_one_with_the_same_nonce()
        public
    {
        Listing memory dearer = listing;
        dearer.priceAtomic = 2 * PRICE;
        bytes memory by = sign(seller, works.listingDigest(dearer));
        vm.prank(buyer.addr);
        works.buy(dearer, buyer.addr, 1, by);
        give(seller.addr, workId, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, listing.nonce));
        buy();
    }

    function partAndRebuyUnsold() internal {
        vm.prank(seller.addr);
        works.safeTransferFrom(seller.addr, stranger, workId, 1, "");
        give(seller.addr, workId, 1);
    }

    // ------------------------------------------------------------------ 0G: nonces of all, money of none

    function testFuzz_a_nonce_is_its_makers_alone_and_no_stranger_burns_it(uint256 nonce) public {
        listing.nonce = nonce;
        listed = sign(seller, works.listingDigest(listing));
        burnAsStranger(nonce);
        assertFalse(works.isNonceUsed(seller.addr, nonce));
        buy();
    }

    /// @dev By cancelling it, by selling under it and by buying under it.
    function burnAsStranger(uint256 nonce) internal {
        Account memory other = makeAccount("stranger");
        fund(other.addr);
        give(other.addr, workId, 2);
        Listing memory own = listing;
        own.seller = other.addr;
        bytes memory by = sign(other, works.listingDigest(own));
        vm.prank(buyer.addr);
        works.buy(own, buyer.addr, 1, by);
        vm.startPrank(other.addr);
        works.cancelAll();
        uint256[] memory nonces = new uint256[](1);
        nonces[0] = nonce;
        works.cancel(nonces);
        vm.stopPrank();
    }

    function test_an_order_is_for_the_money_of_the_ledger_that_it_names_and_no_other() public {
        MoodyMoney other = newMoney();
        ILedger foreign = deployWorks(address(other), address(operators), treasury, address(policy), "");
        assertNotEq(foreign.listingDigest(listing), works.listingDigest(listing));
        vm.prank(creator.addr);
        foreign.create("salt", defaultTerms(), noParents(), nobody(), CONTENT);
        other.mint(seller.addr, MUCH);
        vm.startPrank(seller.addr);
        other.approve(address(foreign), MUCH);
        foreign.mint(workId, 1, seller.addr, PRICE);
        vm.stopPrank();
        Offer memory offer = offerOf(workId, 1, PRICE);
        bytes memory by = sign(buyer, works.offerDigest(offer));
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_BadSignature.selector, buyer.addr, foreign.offerDigest(offer))
        );
        vm.prank(seller.addr);
        foreign.acceptOffer(offer, by, 1, 0);
    }

    // ------------------------------------------------------------------ the zero signer

    function testFuzz_nobody_signs_for_the_zero_account(bytes calldata anything) public {
        listing.seller = address(0);
        bytes32 digest = works.listingDigest(listing);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_BadSignature.selector, address(0), digest));
        works.buy(listing, buyer.addr, 1, anything);
        Offer memory offer = offerOf(workId, 1, 0);
        offer.buyer = address(0);
        digest = works.offerDigest(offer);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_BadSignature.selector, address(0), digest));
        vm.prank(seller.addr);
        works.acceptOffer(offer, anything, 1, 0);
        Authorization memory by = Authorization(address(0), 0, timeNow() + 1, anything);
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, address(0)));
        works.mintWithAuthorization(workId, 1, buyer.addr, "salt", by);
    }

    function test_a_signature_that_recovers_to_nobody_is_nobodys() public {
        listing.seller = address(0);
        bytes32 digest = works.listingDigest(listing);
        bytes[4] memory broken = [
            bytes(""),
            new bytes(64),
            new bytes(65),
            abi.encodePacked(bytes32(type(uint256).max), bytes32(type(uint256).max), uint8(27))
        ];
        for (uint256 i; i < broken.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Errors.Works_BadSignature.selector, address(0), digest));
            works.buy(listing, buyer.addr, 1, broken[i]);
        }
    }

    // ------------------------------------------------------------------ reentrancy from a signature's check

    function test_an_account_asked_for_its_signature_can_change_nothing_meanwhile() public {
        SchemingSigner schemer = new SchemingSigner();
        fund(address(schemer));
        listing.seller = address(schemer);
        schemer.plan(address(works), abi.encodeCall(IMarket.mint, (workId, 1, stranger, PRICE)));
        bytes memory refusal = abi.encodeWithSelector(
            Errors.Works_BadSignature.selector, address(schemer), works.listingDigest(listing)
        );
        vm.expectRevert(refusal);
        buy();
        schemer.plan(address(works), abi.encodeCall(works.balanceOf, (stranger, workId)));
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_NotEnoughEditions.selector, workId, address(schemer), 0, 1)
        );
        buy();
        assertEq(works.balanceOf(stranger, workId), 0);
    }
}
