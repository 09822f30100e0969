// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Listing, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {ILedger} from "./ILedger.sol";
import {MoodyMoney} from "./MoodyMoney.sol";
import {SmartAccount, Wrapper} from "./SmartAccount.sol";

interface IDomain {
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory);
}

/// @dev Listings bought whole. In parts: PartialFills.t.sol; cancelled: Orders.t.sol; by permit: Permits.t.sol.
contract MarketResaleTest is Base {
    uint256 internal constant ASKED = 40e6;
    uint256 internal constant EACH = 20e6;

    uint256 internal workId;
    Listing internal listing;
    bytes internal signature;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 5);
        listing = listingOf(workId, 2, EACH);
        signature = sign(seller, works.listingDigest(listing));
        uint256[] memory ids = new uint256[](1);
        ids[0] = workId;
        vm.prank(creator.addr);
        works.gatherAndWithdraw(ids, creator.addr);
        vm.prank(treasury);
        works.withdraw(treasury);
    }

    function buy() internal {
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, listing.quantity, signature);
    }

    function resign() internal {
        signature = sign(seller, works.listingDigest(listing));
    }

    function accrued() internal view returns (uint256 ofCreator, uint256 ofTreasury) {
        return works.accruedOf(workId);
    }

    function buyAuthorized(address recipient, uint256 quantity, bytes32 salt, Authorization memory by)
        internal
    {
        vm.prank(relayer);
        works.buyWithAuthorization(listing, recipient, quantity, signature, by, salt);
    }

    function authorizePurchase(uint256 quantity, address recipient, bytes32 salt)
        internal
        view
        returns (Authorization memory)
    {
        bytes32 nonce = works.purchaseNonce(works.listingDigest(listing), quantity, recipient, salt);
        return authorize(buyer, address(works), quantity * listing.priceAtomic, nonce);
    }

    function badSignature(Listing memory changed) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            Errors.Works_BadSignature.selector, changed.seller, works.listingDigest(changed)
        );
    }

    // ------------------------------------------------------------------ a sale

    function test_a_sale_pays_the_seller_at_once_and_accrues_royalty_and_fee() public {
        vm.expectEmit(address(works));
        emit IMarket.Sold(workId, seller.addr, stranger, 2, ASKED, 4e6, 1e6, 300);
        vm.prank(buyer.addr);
        works.buy(listing, stranger, 2, signature);
        assertEq(works.balanceOf(stranger, workId), 2);
        assertEq(works.balanceOf(seller.addr, workId), 3);
        assertEq(money.balanceOf(seller.addr), MUCH + 35e6);
        assertEq(money.balanceOf(buyer.addr), MUCH - ASKED);
        (uint256 ofCreator, uint256 ofTreasury) = accrued();
        assertEq(ofCreator, 4e6);
        assertEq(ofTreasury, 1e6);
        assertEq(money.balanceOf(address(works)), 5e6);
    }

    function testFuzz_money_a_price_is_split_to_the_last_unit(uint48 price) public {
        listing.priceAtomic = price;
        resign();
        buy();
        uint256 proceeds = money.balanceOf(seller.addr) - MUCH;
        (uint256 ofCreator, uint256 ofTreasury) = accrued();
        assertEq(ofCreator, 2 * (uint256(price) / 10));
        assertEq(ofTreasury, 2 * (uint256(price) * 250 / 10_000));
        assertEq(proceeds + ofCreator + ofTreasury, 2 * uint256(price));
        assertEq(MUCH - money.balanceOf(buyer.addr), 2 * uint256(price));
    }

    function testFuzz_a_price_of_any_size_is_split_or_the_sale_refused_and_nothing_taken(uint256 price)
        public
    {
        listing.priceAtomic = price;
        resign();
        vm.prank(buyer.addr);
        (bool ok,) = address(works).call(abi.encodeCall(IMarket.buy, (listing, buyer.addr, 2, signature)));
        uint256 paid = MUCH - money.balanceOf(buyer.addr);
        assertEq(ok, price <= MUCH / 2);
        assertEq(paid, ok ? 2 * price : 0);
        (uint256 ofCreator, uint256 ofTreasury) = accrued();
        ofCreator += works.creditOf(creator.addr);
        assertEq(money.balanceOf(seller.addr) - MUCH + ofCreator + ofTreasury, paid);
    }

    function testFuzz_a_price_that_no_sum_of_money_reaches_is_refused_by_its_name(uint256 price) public {
        listing.priceAtomic = bound(price, uint256(type(uint128).max) + 1, type(uint256).max);
        resign();
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_PriceTooHigh.selector, listing.priceAtomic, type(uint128).max)
        );
        buy();
    }

    function test_the_least_price_that_is_too_high_is_one_above_the_highest_of_128_bits() public {
        listing.priceAtomic = uint256(type(uint128).max) + 1;
        resign();
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_PriceTooHigh.selector, listing.priceAtomic, type(uint128).max)
        );
        buy();
        // One less is a price, if one that nobody can pay.
        listing.priceAtomic = type(uint128).max;
        resign();
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        buy();
    }

    function testFuzz_money_the_royalty_is_never_evaded_whatever_price_and_terms(uint48 price, uint16 bps) public {
        Terms memory terms = defaultTerms();
        terms.resaleRoyaltyBps = uint16(bound(bps, 0, 2500));
        terms.priceAtomic = 0;
        workId = createWork("royal", terms, noParents(), nobody());
        give(seller.addr, workId, 1);
        listing = listingOf(workId, 1, price);
        resign();
        buy();
        (uint256 ofCreator,) = accrued();
        assertEq(ofCreator, uint256(price) * terms.resaleRoyaltyBps / 10_000);
    }

    function testFuzz_money_a_seller_never_gets_less_than_it_signed_for(uint48 price, uint16 feeBps, uint256 least)
        public
    {
        adopt(uint16(bound(feeBps, 0, 500)));
        listing.expiresAtSeconds = timeNow() + 1 days;
        (listing.priceAtomic, listing.minProceedsAtomic) = (price, bound(least, 0, price));
        resign();
        uint256 royalty = uint256(price) * 1000 / 10_000;
        uint256 each = price - royalty - uint256(price) * works.feeBpsOf(workId) / 10_000;
        if (each < listing.minProceedsAtomic) {
            vm.expectRevert(
                abi.encodeWithSelector(Errors.Works_ProceedsTooLow.selector, each, listing.minProceedsAtomic)
            );
            buy();
        } else {
            buy();
            assertEq(money.balanceOf(seller.addr) - MUCH, 2 * each);
            assertGe(each, listing.minProceedsAtomic);
        }
    }

    function adopt(uint16 feeBps) internal {
        vm.prank(governor);
        policy.announceFee(feeBps);
        vm.warp(timeNow() + 48 hours);
        uint256[] memory ids = new uint256[](1);
        ids[0] = workId;
        works.adoptFee(ids);
    }

    function test_a_fee_that_rises_after_signing_does_not_sell_below_the_sellers_least() public {
        listing.expiresAtSeconds = timeNow() + 10 days;
        listing.minProceedsAtomic = 17.5e6;
        resign();
        adopt(500);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_ProceedsTooLow.selector, 17e6, 17.5e6));
        buy();
        adopt(250);
        buy();
        assertEq(money.balanceOf(seller.addr) - MUCH, 35e6);
    }

    function test_a_seller_that_cannot_receive_is_credited_whether_the_money_reverts_or_says_no() public {
        money.setMood(seller.addr, MoodyMoney.Mood.Reverts);
        buy();
        assertEq(works.creditOf(seller.addr), 35e6);

        money.setMood(seller.addr, MoodyMoney.Mood.SaysFalse);
        listing.nonce += 1;
        resign();
        buy();
        assertEq(works.creditOf(seller.addr), 70e6);
        vm.prank(seller.addr);
        works.withdraw(stranger);
        assertEq(money.balanceOf(stranger), 70e6);
    }

    function test_editions_are_not_sold_into_contracts() public {
        address wrapper = address(new Wrapper());
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_RecipientIsContract.selector, wrapper, wrapper.codehash)
        );
        vm.prank(buyer.addr);
        works.buy(listing, wrapper, 2, signature);
        vm.expectRevert(Errors.Works_ZeroRecipient.selector);
        vm.prank(buyer.addr);
        works.buy(listing, address(0), 2, signature);
    }

    function test_a_buyer_without_allowance_buys_nothing_and_the_listing_stands() public {
        vm.prank(buyer.addr);
        money.approve(address(works), ASKED - 1);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        buy();
        assertFalse(works.isNonceUsed(seller.addr, 300));
        vm.prank(buyer.addr);
        money.approve(address(works), ASKED);
        buy();
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
        ILedger other = deployWorks(address(money), address(operators), treasury, address(policy), "");
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
            "Listing(address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)"
        );
        assertEq(works.LISTING_TYPEHASH(), typeHash);
        bytes32 structHash = keccak256(abi.encode(typeHash, listing));
        assertEq(works.listingDigest(listing), keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        (, string memory name, string memory version, uint256 chainId, address verifying,,) =
            IDomain(address(works)).eip712Domain();
        assertEq(name, "Grimoire Works");
        assertEq(version, "1");
        assertEq(chainId, block.chainid);
        assertEq(verifying, address(works));
    }

    // ------------------------------------------------------------------ times

    function test_a_listing_is_good_to_its_last_second_and_no_longer() public {
        vm.warp(listing.expiresAtSeconds + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.Works_OrderExpired.selector, listing.expiresAtSeconds, listing.expiresAtSeconds + 1
            )
        );
        buy();
        vm.warp(listing.expiresAtSeconds);
        buy();
    }

    function test_a_listing_reaches_at_most_thirty_days_ahead() public {
        uint256 latest = timeNow() + 30 days;
        listing.expiresAtSeconds = latest + 1;
        resign();
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_OrderTooLong.selector, latest + 1, latest));
        buy();
        listing.expiresAtSeconds = latest;
        signature = sign(seller, works.listingDigest(listing));
        buy();
    }

    // ------------------------------------------------------------------ what is left to sell

    function test_a_listing_is_bought_once() public {
        buy();
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        buy();
    }

    function test_a_seller_that_no_longer_holds_does_not_sell() public {
        vm.prank(seller.addr);
        works.safeTransferFrom(seller.addr, stranger, workId, 4, "");
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_NotEnoughEditions.selector, workId, seller.addr, 1, 2)
        );
        buy();
    }

    function test_a_listing_of_nothing_and_a_purchase_of_nothing_are_refused() public {
        vm.expectRevert(Errors.Works_ZeroQuantity.selector);
        works.buy(listing, buyer.addr, 0, signature);
        listing.quantity = 0;
        resign();
        vm.expectRevert(Errors.Works_ZeroQuantity.selector);
        buy();
    }

    // ------------------------------------------------------------------ by authorization

    function test_a_buyer_who_only_signs_gets_what_is_listed_whoever_sends_and_once() public {
        Authorization memory authorization = authorizePurchase(2, buyer.addr, "salt");
        buyAuthorized(buyer.addr, 2, "salt", authorization);
        assertEq(works.balanceOf(buyer.addr, workId), 2);
        assertEq(money.balanceOf(seller.addr), MUCH + 35e6);
        assertEq(money.balanceOf(buyer.addr), MUCH - ASKED);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, 300));
        buyAuthorized(buyer.addr, 2, "salt", authorization);
    }

    function test_a_relayer_cannot_change_recipient_quantity_salt_or_listing() public {
        Authorization memory authorization = authorizePurchase(2, buyer.addr, "salt");
        bytes memory refusal = abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr);
        vm.expectRevert(refusal);
        buyAuthorized(relayer, 2, "salt", authorization);
        vm.expectRevert(refusal);
        buyAuthorized(buyer.addr, 1, "salt", authorization);
        vm.expectRevert(refusal);
        buyAuthorized(buyer.addr, 2, "pepper", authorization);
        listing.nonce += 1;
        resign();
        vm.expectRevert(refusal);
        buyAuthorized(buyer.addr, 2, "salt", authorization);
        authorization.from = relayer;
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, relayer));
        buyAuthorized(buyer.addr, 2, "salt", authorization);
    }

    function test_a_mint_authorization_does_not_buy_a_listing() public {
        bytes32 nonce = works.mintNonce(workId, 2, buyer.addr, "salt");
        Authorization memory authorization = authorize(buyer, address(works), ASKED, nonce);
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr));
        buyAuthorized(buyer.addr, 2, "salt", authorization);
    }

    function test_a_nonce_commits_to_listing_quantity_recipient_and_salt_under_the_purchases_own_type()
        public
        view
    {
        bytes32 typeHash = keccak256(
            "Purchase(bytes32 listingDigest,uint256 quantity,address recipient,bytes32 salt)"
        );
        assertEq(works.PURCHASE_TYPEHASH(), typeHash);
        bytes32 digest = works.listingDigest(listing);
        bytes32 expected = keccak256(abi.encode(typeHash, digest, 2, stranger, bytes32("salt")));
        assertEq(works.purchaseNonce(digest, 2, stranger, "salt"), expected);
    }
}
