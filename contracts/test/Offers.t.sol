// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Offer, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {MoodyMoney} from "./MoodyMoney.sol";
import {SmartAccount, Wrapper} from "./SmartAccount.sol";

/// @dev Offers accepted whole. In parts: PartialFills.t.sol.
contract OffersTest is Base {
    uint256 internal constant EACH = 20e6;

    uint256 internal workId;
    Offer internal offer;
    bytes internal signature;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 5);
        offer = offerOf(workId, 2, EACH);
        resign();
        uint256[] memory ids = new uint256[](1);
        ids[0] = workId;
        vm.prank(creator.addr);
        works.gatherAndWithdraw(ids, creator.addr);
    }

    function resign() internal {
        signature = sign(buyer, works.offerDigest(offer));
    }

    function accept(uint256 least) internal {
        vm.prank(seller.addr);
        works.acceptOffer(offer, signature, offer.quantity, least);
    }

    function pay() internal view returns (Authorization memory) {
        return authorize(buyer, address(works), offer.quantity * offer.priceAtomic, works.offerDigest(offer));
    }

    function acceptAuthorized(uint256 least, Authorization memory authorization) internal {
        vm.prank(seller.addr);
        works.acceptOfferWithAuthorization(offer, least, authorization);
    }

    function badSignature() internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(Errors.Works_BadSignature.selector, offer.buyer, works.offerDigest(offer));
    }

    // ------------------------------------------------------------------ by the buyer's allowance

    function test_an_accepted_offer_pays_the_holder_at_once_out_of_the_buyers_price() public {
        vm.expectEmit(address(works));
        emit IMarket.OfferAccepted(workId, seller.addr, buyer.addr, 2, 40e6, 4e6, 1e6, 7);
        accept(17.5e6);
        assertEq(works.balanceOf(buyer.addr, workId), 2);
        assertEq(works.balanceOf(seller.addr, workId), 3);
        assertEq(money.balanceOf(buyer.addr), MUCH - 40e6);
        assertEq(money.balanceOf(seller.addr), MUCH + 35e6);
        (uint256 ofCreator,) = works.accruedOf(workId);
        assertEq(ofCreator, 4e6);
        assertTrue(works.isNonceUsed(buyer.addr, 7));
    }

    function testFuzz_money_a_buyer_never_pays_above_its_price_and_every_unit_of_it_is_somebodys(
        uint48 price,
        uint8 quantity,
        uint16 bps
    ) public {
        (price, quantity) = (uint48(bound(price, 0, MUCH / 50)), uint8(bound(quantity, 1, 50)));
        Terms memory terms = defaultTerms();
        (terms.priceAtomic, terms.resaleRoyaltyBps) = (0, uint16(bound(bps, 0, 2500)));
        uint256 id = createWork("fuzzed", terms, noParents(), nobody());
        give(seller.addr, id, quantity);
        offer = offerOf(id, quantity, price);
        resign();
        uint256 held = money.balanceOf(address(works));
        accept(0);
        uint256 paid = MUCH - money.balanceOf(buyer.addr);
        assertEq(paid, uint256(price) * quantity);
        (uint256 ofCreator, uint256 ofTreasury) = works.accruedOf(id);
        assertEq(ofCreator, uint256(price) * terms.resaleRoyaltyBps / 10_000 * quantity, "the royalty");
        assertEq(ofTreasury, uint256(price) * FEE_BPS / 10_000 * quantity, "the fee");
        assertEq(money.balanceOf(seller.addr) - MUCH, paid - ofCreator - ofTreasury);
        assertEq(money.balanceOf(address(works)) - held, ofCreator + ofTreasury);
    }

    function testFuzz_money_a_holder_never_gets_less_than_it_asks(uint48 price, uint256 least) public {
        least = bound(least, 0, uint256(price) + 1);
        offer.priceAtomic = price;
        resign();
        uint256 each = price - uint256(price) / 10 - uint256(price) * FEE_BPS / 10_000;
        if (each < least) {
            vm.expectRevert(abi.encodeWithSelector(Errors.Works_ProceedsTooLow.selector, each, least));
        }
        accept(least);
        uint256 got = money.balanceOf(seller.addr) - MUCH;
        assertTrue(got == 0 || got >= 2 * least);
    }

    function test_an_offer_is_accepted_once() public {
        accept(0);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, buyer.addr, 7));
        accept(0);
    }

    function test_whoever_holds_accepts_and_nobody_else() public {
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_NotEnoughEditions.selector, workId, stranger, 0, 2)
        );
        vm.prank(stranger);
        works.acceptOffer(offer, signature, 2, 0);
        give(stranger, workId, 2);
        vm.prank(stranger);
        works.acceptOffer(offer, signature, 2, 0);
        assertEq(money.balanceOf(stranger), 35e6);
    }

    function test_a_holder_that_the_money_refuses_is_credited() public {
        money.setMood(seller.addr, MoodyMoney.Mood.SaysFalse);
        accept(0);
        assertEq(works.creditOf(seller.addr), 35e6);
    }

    function test_a_buyer_without_money_buys_nothing_and_the_offer_stands() public {
        vm.prank(buyer.addr);
        money.transfer(stranger, MUCH - 1);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        accept(0);
        assertFalse(works.isNonceUsed(buyer.addr, 7));
        assertEq(works.balanceOf(seller.addr, workId), 5);
    }

    function test_an_offer_for_nothing_and_of_a_buyer_that_may_not_hold_is_refused() public {
        vm.expectRevert(Errors.Works_ZeroQuantity.selector);
        vm.prank(seller.addr);
        works.acceptOffer(offer, signature, 0, 0);
        Wrapper wrapper = new Wrapper();
        wrapper.setOwner(buyer.addr);
        offer.buyer = address(wrapper);
        resign();
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.Works_RecipientIsContract.selector, address(wrapper), address(wrapper).codehash
            )
        );
        accept(0);
    }

    function test_a_smart_account_and_an_eip7702_account_buy_by_their_signatures() public {
        delegate(buyer.addr);
        accept(0);
        SmartAccount account = new SmartAccount();
        account.setOwner(buyer.addr);
        fund(address(account));
        offer.buyer = address(account);
        signature = signCompact(seller, works.offerDigest(offer));
        vm.expectRevert(badSignature());
        accept(0);
        signature = signCompact(buyer, works.offerDigest(offer));
        accept(0);
        assertEq(works.balanceOf(address(account), workId), 2);
    }

    function test_an_offer_has_its_time() public {
        uint256 expires = offer.expiresAtSeconds;
        vm.warp(expires + 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_OrderExpired.selector, expires, expires + 1));
        accept(0);
        vm.warp(expires);
        accept(0);
        offer.nonce = 8;
        offer.expiresAtSeconds = expires + 30 days + 1;
        resign();
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.Works_OrderTooLong.selector, expires + 30 days + 1, expires + 30 days
            )
        );
        accept(0);
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
            "Offer(address buyer,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)"
        );
        assertEq(works.OFFER_TYPEHASH(), typeHash);
        bytes32 structHash = keccak256(abi.encode(typeHash, offer));
        assertEq(works.offerDigest(offer), keccak256(abi.encodePacked(hex"1901", domain, structHash)));
    }

    // ------------------------------------------------------------------ by the buyer's authorization

    function test_one_signature_is_both_offer_and_payment() public {
        vm.prank(buyer.addr);
        money.approve(address(works), 0);
        Authorization memory authorization = pay();
        acceptAuthorized(17.5e6, authorization);
        assertEq(works.balanceOf(buyer.addr, workId), 2);
        assertEq(money.balanceOf(buyer.addr), MUCH - 40e6);
        assertEq(money.balanceOf(seller.addr), MUCH + 35e6);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, buyer.addr, 7));
        acceptAuthorized(0, authorization);
    }

    function test_an_authorized_offer_is_paid_by_its_buyer_alone() public {
        bytes32 digest = works.offerDigest(offer);
        Authorization memory authorization = authorize(seller, address(works), 40e6, digest);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NotBuyer.selector, seller.addr, buyer.addr));
        acceptAuthorized(0, authorization);
    }

    function test_an_authorization_pays_no_other_offer_than_the_one_it_names() public {
        Authorization memory authorization = pay();
        bytes memory refusal = abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr);
        (offer.quantity, offer.priceAtomic) = (1, 40e6);
        vm.expectRevert(refusal);
        acceptAuthorized(0, authorization);
        (offer.quantity, offer.priceAtomic, offer.nonce) = (2, 20e6, 8);
        vm.expectRevert(refusal);
        acceptAuthorized(0, authorization);
    }

    function test_an_authorized_offer_dies_by_its_nonce_its_counter_and_its_time() public {
        Authorization memory authorization = pay();
        uint256[] memory nonces = new uint256[](1);
        nonces[0] = 7;
        uint256 snapshot = vm.snapshotState();
        vm.prank(buyer.addr);
        works.cancel(nonces);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, buyer.addr, 7));
        acceptAuthorized(0, authorization);
        vm.revertToState(snapshot);
        vm.prank(buyer.addr);
        uint256 counter = works.cancelAll();
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_WrongCounter.selector, buyer.addr, 0, counter));
        acceptAuthorized(0, authorization);
        vm.revertToState(snapshot);
        uint256 expires = offer.expiresAtSeconds;
        vm.warp(expires + 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_OrderExpired.selector, expires, expires + 1));
        acceptAuthorized(0, authorization);
    }

    function test_a_holder_asks_its_least_of_an_authorized_offer_too() public {
        Authorization memory authorization = pay();
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_ProceedsTooLow.selector, 17.5e6, 17.5e6 + 1));
        acceptAuthorized(17.5e6 + 1, authorization);
    }
}
