// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Listing, Offer, Permit} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {LyingAccount} from "./LyingAccount.sol";
import {Mutations} from "./Mutations.sol";

/// @dev An offer, and everything that is not quite that offer; signed as such, and as the authorization that pays it.
contract MutationsOfferTest is Base, Mutations {
    string internal constant TYPE =
        "Offer(address buyer,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)";
    string internal constant PAYMENT =
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";

    Offer internal offer;
    bytes internal signature;

    function setUp() public override {
        super.setUp();
        uint256 workId = createWork();
        give(seller.addr, workId, 9);
        offer = offerOf(workId, 2, PRICE);
        signature = sign(buyer, works.offerDigest(offer));
    }

    function test_at_least_64_mutations_of_an_offer_are_refused_each_by_its_name() public {
        mutateFields();
        mutateTypes();
        Forgery[] memory forgeries = forge(buyer, domain(), hashAs(TYPE, abi.encode(offer)));
        for (uint256 i; i < forgeries.length; ++i) {
            trySignature(forgeries[i].how, forgeries[i].signature);
        }
        lie();
        cross();
        replayAfterFill();
        replayAfterCancel();
        replayAfterCancelAll();
        replayAfterTime();
        assertGe(refusals, LEAST);
        vm.prank(seller.addr);
        works.acceptOffer(offer, signature, 2, 0);
    }

    function test_at_least_64_mutations_of_an_authorized_offer_are_refused_each_by_its_name() public {
        bytes memory encoded = abi.encode(offer);
        Authorization memory by = payment();
        for (uint256 field = 1; field < 7; ++field) {
            uint256[] memory values = others(wordOf(encoded, field), type(uint256).max);
            for (uint256 i; i < values.length; ++i) {
                tryPaid("field", abi.decode(withWord(encoded, field, values[i]), (Offer)), by);
            }
        }
        payOtherwise();
        Domain memory money_ = Domain("Test Dollar", "1", block.chainid, address(money));
        Forgery[] memory forgeries = forge(buyer, money_, hashAs(PAYMENT, paymentWords(by)));
        for (uint256 i; i < forgeries.length; ++i) {
            by.signature = forgeries[i].signature;
            tryPaid(forgeries[i].how, offer, by);
        }
        assertGe(refusals, LEAST);
        by = payment();
        vm.prank(seller.addr);
        works.acceptOfferWithAuthorization(offer, 0, by);
    }

    // ------------------------------------------------------------------ the offer

    function domain() internal view returns (Domain memory) {
        return Domain("Grimoire Works", "1", block.chainid, address(works));
    }

    function mutateFields() internal {
        bytes memory encoded = abi.encode(offer);
        for (uint256 field = 1; field < 7; ++field) {
            uint256[] memory values = others(wordOf(encoded, field), type(uint256).max);
            for (uint256 i; i < values.length; ++i) {
                tryOffer("field", abi.decode(withWord(encoded, field, values[i]), (Offer)));
            }
            if (field != 6) tryOffer("order", abi.decode(withSwapped(encoded, field), (Offer)));
        }
        address[6] memory people =
            [address(0), seller.addr, stranger, creator.addr, address(works), address(money)];
        for (uint256 i; i < people.length; ++i) {
            Offer memory changed = offer;
            changed.buyer = people[i];
            tryOffer("buyer", changed);
        }
    }

    function tryOffer(string memory how, Offer memory changed) internal {
        if (keccak256(abi.encode(changed)) == keccak256(abi.encode(offer))) return;
        refuse(how, seller.addr, address(works), acceptCall(changed, signature), badSignature(changed));
    }

    function trySignature(string memory how, bytes memory by) internal {
        refuse(how, seller.addr, address(works), acceptCall(offer, by), badSignature(offer));
    }

    function badSignature(Offer memory changed) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                Errors.Works_BadSignature.selector, changed.buyer, works.offerDigest(changed)
            );
    }

    function acceptCall(Offer memory what, bytes memory by) internal pure returns (bytes memory) {
        return abi.encodeCall(IMarket.acceptOffer, (what, by, 2, 0));
    }

    function mutateTypes() internal {
        string[6] memory types = [
            "Offer(uint256 workId,address buyer,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)",
            "Offer(address buyer,uint256 quantity,uint256 workId,uint256 priceAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)",
            "Offer(address buyer,uint256 workId,uint256 priceAtomic,uint256 quantity,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)",
            "Offer(address buyer,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 counter,uint256 nonce,uint256 expiresAtSeconds)",
            "Offer(address buyer,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 expiresAtSeconds)",
            "Bid(address buyer,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)"
        ];
        for (uint256 i; i < types.length; ++i) {
            trySignature("type", seal(buyer, digestOf(domain(), hashAs(types[i], abi.encode(offer)))));
        }
        for (uint256 i; i < 6; ++i) {
            bytes32 structHash = hashAs(TYPE, withSwapped(abi.encode(offer), i));
            trySignature("order in the preimage", seal(buyer, digestOf(domain(), structHash)));
        }
    }

    function lie() internal {
        LyingAccount liar = new LyingAccount();
        Offer memory changed = offer;
        changed.buyer = address(liar);
        bytes memory error = badSignature(changed);
        for (uint256 i; i < liar.LIES(); ++i) {
            liar.setLie(i);
            vm.prank(seller.addr);
            (bool ok, bytes memory result) =
                address(works).call{gas: 3_000_000}(acceptCall(changed, signature));
            assertFalse(ok, "a lie");
            assertEq(result, error, "a lie");
            ++refusals;
        }
    }

    /// @dev What the buyer signed for another purpose.
    function cross() internal {
        Listing memory listing = listingOf(offer.workId, 2, PRICE);
        (listing.seller, listing.nonce, listing.counter) = (buyer.addr, offer.nonce, offer.counter);
        trySignature("a listing's", sign(buyer, works.listingDigest(listing)));
        Permit memory permit = permitOf(buyer, 2 * PRICE);
        trySignature("a permit's", abi.encodePacked(permit.r, permit.s, permit.v));
        // The payment of the offer is an authorization of its sum, and no offer for an allowance.
        trySignature("its payment's", payment().signature);
    }

    // ------------------------------------------------------------------ replay

    function replayEverywhere(bytes memory error) internal {
        refuse("acceptOffer", seller.addr, address(works), acceptCall(offer, signature), error);
        bytes memory call = abi.encodeCall(IMarket.acceptOfferWithAuthorization, (offer, 0, payment()));
        refuse("acceptOfferWithAuthorization", seller.addr, address(works), call, error);
    }

    function replayAfterFill() internal onSnapshot {
        vm.prank(seller.addr);
        works.acceptOffer(offer, signature, 2, 0);
        replayEverywhere(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, buyer.addr, offer.nonce));
    }

    function replayAfterCancel() internal onSnapshot {
        uint256[] memory nonces = new uint256[](1);
        nonces[0] = offer.nonce;
        vm.prank(buyer.addr);
        works.cancel(nonces);
        replayEverywhere(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, buyer.addr, offer.nonce));
    }

    function replayAfterCancelAll() internal onSnapshot {
        vm.prank(buyer.addr);
        uint256 counter = works.cancelAll();
        replayEverywhere(abi.encodeWithSelector(Errors.Works_WrongCounter.selector, buyer.addr, 0, counter));
    }

    function replayAfterTime() internal onSnapshot {
        uint256 expires = offer.expiresAtSeconds;
        vm.warp(expires + 1);
        replayEverywhere(abi.encodeWithSelector(Errors.Works_OrderExpired.selector, expires, expires + 1));
    }

    // ------------------------------------------------------------------ the payment

    function payment() internal view returns (Authorization memory) {
        return authorize(buyer, address(works), 2 * PRICE, works.offerDigest(offer));
    }

    function paymentWords(Authorization memory by) internal view returns (bytes memory) {
        return abi.encode(
            by.from, address(works), 2 * PRICE, by.validAfter, by.validBefore, works.offerDigest(offer)
        );
    }

    function tryPaid(string memory how, Offer memory changed, Authorization memory by) internal {
        bytes memory call = abi.encodeCall(IMarket.acceptOfferWithAuthorization, (changed, 0, by));
        refuse(how, seller.addr, address(works), call, paidErrorOf(changed));
    }

    /// @dev The checks of the ledger come before those of the money.
    function paidErrorOf(Offer memory changed) internal view returns (bytes memory) {
        uint256 expires = changed.expiresAtSeconds;
        if (expires < timeNow()) {
            return abi.encodeWithSelector(Errors.Works_OrderExpired.selector, expires, timeNow());
        }
        if (expires > timeNow() + 30 days) {
            return abi.encodeWithSelector(Errors.Works_OrderTooLong.selector, expires, timeNow() + 30 days);
        }
        uint256 held = works.balanceOf(seller.addr, changed.workId);
        if (held < changed.quantity) {
            return abi.encodeWithSelector(
                Errors.Works_NotEnoughEditions.selector, changed.workId, seller.addr, held, changed.quantity
            );
        }
        if (changed.quantity == 0) return abi.encodeWithSelector(Errors.Works_ZeroQuantity.selector);
        if (changed.counter != 0) {
            return abi.encodeWithSelector(Errors.Works_WrongCounter.selector, buyer.addr, changed.counter, 0);
        }
        if (changed.priceAtomic > type(uint128).max) {
            return abi.encodeWithSelector(
                Errors.Works_PriceTooHigh.selector, changed.priceAtomic, type(uint128).max
            );
        }
        return abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr);
    }

    function payOtherwise() internal {
        bytes32 digest = works.offerDigest(offer);
        uint256[] memory values = others(2 * PRICE, type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            tryPaid("sum", offer, authorize(buyer, address(works), values[i], digest));
        }
        address[4] memory payees = [address(0), relayer, seller.addr, address(money)];
        for (uint256 i; i < payees.length; ++i) {
            tryPaid("payee", offer, authorize(buyer, payees[i], 2 * PRICE, digest));
        }
        bytes32[3] memory nonces = [bytes32(0), ~digest, keccak256(abi.encode(digest))];
        for (uint256 i; i < nonces.length; ++i) {
            tryPaid("nonce", offer, authorize(buyer, address(works), 2 * PRICE, nonces[i]));
        }
        Authorization memory by = payment();
        by.validBefore += 1;
        tryPaid("end", offer, by);
        by = payment();
        by.validAfter += 1;
        tryPaid("beginning", offer, by);
        by.signature = signature;
        tryPaid("the offer's own signature", offer, by);
    }
}
