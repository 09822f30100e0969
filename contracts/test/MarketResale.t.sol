// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Listing} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {ILedger} from "./ILedger.sol";
import {MoodyMoney} from "./MoodyMoney.sol";
import {SmartAccount, Wrapper} from "./SmartAccount.sol";

contract MarketResaleTest is Base {
    uint256 internal constant ASKED = 40e6;

    uint256 internal workId;
    Listing internal listing;
    bytes internal signature;
    uint256 internal creditBefore;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 5);
        listing = listingOf(workId, 2, ASKED);
        signature = sign(seller, works.listingDigest(listing));
        vm.prank(creator.addr);
        works.withdraw(creator.addr);
        vm.prank(treasury);
        works.withdraw(treasury);
    }

    function buy() internal {
        vm.prank(buyer.addr);
        works.buy(listing, signature, buyer.addr, ASKED);
    }

    function badSignature(Listing memory changed) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            Errors.Works_BadSignature.selector, changed.seller, works.listingDigest(changed)
        );
    }

    // ------------------------------------------------------------------ a sale

    function test_a_sale_pays_the_seller_at_once_and_credits_royalty_and_fee() public {
        vm.expectEmit(address(works));
        emit IMarket.Sold(workId, seller.addr, stranger, 2, ASKED, 4e6, 1e6, 300);
        vm.prank(buyer.addr);
        works.buy(listing, signature, stranger, ASKED);
        assertEq(works.balanceOf(stranger, workId), 2);
        assertEq(works.balanceOf(seller.addr, workId), 3);
        assertEq(money.balanceOf(seller.addr), MUCH + 35e6);
        assertEq(money.balanceOf(buyer.addr), MUCH - ASKED);
        assertEq(works.creditOf(creator.addr), 4e6);
        assertEq(works.creditOf(treasury), 1e6);
        assertEq(money.balanceOf(address(works)), 5e6);
    }

    function testFuzz_a_price_is_split_to_the_last_unit(uint48 price) public {
        listing.priceAtomic = price;
        signature = sign(seller, works.listingDigest(listing));
        vm.prank(buyer.addr);
        works.buy(listing, signature, buyer.addr, price);
        uint256 proceeds = money.balanceOf(seller.addr) - MUCH;
        assertEq(works.creditOf(creator.addr), uint256(price) / 10);
        assertEq(works.creditOf(treasury), uint256(price) * 250 / 10_000);
        assertEq(proceeds + works.creditOf(creator.addr) + works.creditOf(treasury), price);
    }

    function test_a_seller_that_cannot_receive_is_credited_whether_the_money_reverts_or_says_no() public {
        money.setMood(seller.addr, MoodyMoney.Mood.Reverts);
        buy();
        assertEq(works.creditOf(seller.addr), 35e6);

        money.setMood(seller.addr, MoodyMoney.Mood.SaysFalse);
        listing.nonce += 1;
        signature = sign(seller, works.listingDigest(listing));
        buy();
        assertEq(works.creditOf(seller.addr), 70e6);
        vm.prank(seller.addr);
        works.withdraw(stranger);
        assertEq(money.balanceOf(stranger), 70e6);
    }

    function test_a_sale_costs_no_more_than_its_buyer_allows() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_CostTooHigh.selector, ASKED, ASKED - 1));
        vm.prank(buyer.addr);
        works.buy(listing, signature, buyer.addr, ASKED - 1);
    }

    function test_editions_are_not_sold_into_contracts() public {
        address wrapper = address(new Wrapper());
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_RecipientIsContract.selector, wrapper, wrapper.codehash)
        );
        vm.prank(buyer.addr);
        works.buy(listing, signature, wrapper, ASKED);
    }

    // ------------------------------------------------------------------ signatures

    function test_a_signature_of_64_bytes_is_good() public {
        signature = signCompact(seller, works.listingDigest(listing));
        assertEq(signature.length, 64);
        buy();
    }

    function test_anothers_signature_is_refused() public {
        signature = sign(buyer, works.listingDigest(listing));
        vm.expectRevert(badSignature(listing));
        buy();
    }

    function testFuzz_a_signature_of_anything_is_refused(bytes calldata anything) public {
        signature = anything;
        vm.expectRevert(badSignature(listing));
        buy();
    }

    function test_nothing_signed_can_be_changed() public {
        Listing memory original = listing;
        for (uint256 i; i < 5; ++i) {
            Listing memory changed = abi.decode(abi.encode(original), (Listing));
            if (i == 0) changed.workId += 1;
            if (i == 1) changed.quantity -= 1;
            if (i == 2) changed.priceAtomic -= 1;
            if (i == 3) changed.nonce += 1;
            if (i == 4) changed.expiresAtSeconds += 1;
            vm.expectRevert(badSignature(changed));
            vm.prank(buyer.addr);
            works.buy(changed, signature, buyer.addr, ASKED);
        }
    }

    function test_the_zero_seller_cannot_be_impersonated() public {
        listing.seller = address(0);
        vm.expectRevert(badSignature(listing));
        buy();
    }

    function test_an_eip7702_seller_signs_with_its_own_key() public {
        delegate(seller.addr);
        buy();
        assertEq(works.balanceOf(buyer.addr, workId), 2);
    }

    function test_a_smart_account_sells_by_erc1271() public {
        SmartAccount account = new SmartAccount();
        account.setOwner(seller.addr);
        vm.prank(seller.addr);
        works.safeTransferFrom(seller.addr, address(account), workId, 2, "");
        listing.seller = address(account);
        signature = sign(buyer, works.listingDigest(listing));
        vm.expectRevert(badSignature(listing));
        buy();
        signature = sign(seller, works.listingDigest(listing));
        buy();
        assertEq(works.balanceOf(buyer.addr, workId), 2);
        assertEq(money.balanceOf(address(account)), 35e6);
    }

    function test_a_listing_of_another_ledger_or_chain_is_refused() public {
        ILedger other =
            deployWorks(address(money), address(operators), treasury, FEE_BPS, "", new bytes32[](0));
        signature = sign(seller, other.listingDigest(listing));
        vm.expectRevert(badSignature(listing));
        buy();

        signature = sign(seller, works.listingDigest(listing));
        vm.chainId(block.chainid + 1);
        vm.expectRevert(badSignature(listing));
        buy();
    }

    function test_the_digest_is_that_of_eip712() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Grimoire Works"),
                keccak256("1"),
                block.chainid,
                address(works)
            )
        );
        bytes32 typeHash = keccak256(
            "Listing(address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 expiresAtSeconds)"
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, listing));
        assertEq(works.listingDigest(listing), keccak256(abi.encodePacked(hex"1901", domain, structHash)));
    }

    // ------------------------------------------------------------------ times

    function test_a_listing_is_good_to_its_last_second_and_no_longer() public {
        vm.warp(listing.expiresAtSeconds + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.Works_ListingExpired.selector, listing.expiresAtSeconds, listing.expiresAtSeconds + 1
            )
        );
        buy();
        vm.warp(listing.expiresAtSeconds);
        buy();
    }

    function test_a_listing_reaches_at_most_thirty_days_ahead() public {
        uint256 latest = timeNow() + 30 days;
        listing.expiresAtSeconds = latest + 1;
        signature = sign(seller, works.listingDigest(listing));
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_ListingTooLong.selector, latest + 1, latest));
        buy();
        listing.expiresAtSeconds = latest;
        signature = sign(seller, works.listingDigest(listing));
        buy();
    }

    // ------------------------------------------------------------------ nonces

    function test_a_listing_is_bought_once() public {
        buy();
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        buy();
    }

    function test_a_cancelled_listing_is_not_sold() public {
        vm.expectEmit(address(works));
        emit IMarket.ListingsCancelled(seller.addr, 1, 1 << 44);
        vm.prank(seller.addr);
        works.cancel(300);
        assertEq(works.nonceWord(seller.addr, 1), 1 << 44);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        buy();
    }

    function testFuzz_many_are_cancelled_at_once_and_no_other(uint256 mask) public {
        vm.assume(mask != 0);
        vm.prank(seller.addr);
        works.cancelMany(1, mask);
        if ((mask >> 44) & 1 == 1) {
            vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        }
        buy();
    }

    function test_nobody_cancels_anothers_listing() public {
        vm.prank(stranger);
        works.cancelMany(1, type(uint256).max);
        buy();
    }

    function test_cancelling_nothing_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NothingToCancel.selector, 1));
        works.cancelMany(1, 0);
    }

    function test_a_seller_that_no_longer_holds_does_not_sell() public {
        vm.prank(seller.addr);
        works.safeTransferFrom(seller.addr, stranger, workId, 4, "");
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_NotEnoughEditions.selector, workId, seller.addr, 1, 2)
        );
        buy();
    }

    function test_a_listing_of_nothing_is_refused() public {
        listing.quantity = 0;
        signature = sign(seller, works.listingDigest(listing));
        vm.expectRevert(Errors.Works_ZeroQuantity.selector);
        buy();
    }

    // ------------------------------------------------------------------ by authorization

    function test_a_buyer_who_only_signs_gets_what_is_listed_whoever_sends_and_once() public {
        Authorization memory authorization =
            authorize(buyer, address(works), ASKED, works.listingDigest(listing));
        vm.prank(relayer);
        works.buyWithAuthorization(listing, signature, authorization);
        assertEq(works.balanceOf(buyer.addr, workId), 2);
        assertEq(money.balanceOf(seller.addr), MUCH + 35e6);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        vm.prank(relayer);
        works.buyWithAuthorization(listing, signature, authorization);
    }

    function test_an_authorization_buys_no_other_listing_and_nothing_for_another() public {
        Authorization memory authorization =
            authorize(buyer, address(works), ASKED, works.listingDigest(listing));
        listing.nonce += 1;
        signature = sign(seller, works.listingDigest(listing));
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr));
        vm.prank(relayer);
        works.buyWithAuthorization(listing, signature, authorization);
        authorization.from = relayer;
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, relayer));
        vm.prank(relayer);
        works.buyWithAuthorization(listing, signature, authorization);
    }

    function test_a_mint_authorization_does_not_buy_a_listing() public {
        Authorization memory authorization =
            authorize(buyer, address(works), ASKED, works.mintNonce(workId, 2, "salt"));
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr));
        works.buyWithAuthorization(listing, signature, authorization);
    }
}
