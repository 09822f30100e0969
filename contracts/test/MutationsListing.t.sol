// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Listing, Offer, Permit} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {LyingAccount} from "./LyingAccount.sol";
import {Mutations} from "./Mutations.sol";

/// @dev A listing, and everything that is not quite that listing.
contract MutationsListingTest is Base, Mutations {
    string internal constant TYPE =
        "Listing(address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)";

    Listing internal listing;
    bytes internal signature;

    function setUp() public override {
        super.setUp();
        uint256 workId = createWork();
        give(seller.addr, workId, 9);
        listing = listingOf(workId, 2, PRICE);
        listing.minProceedsAtomic = PRICE / 2;
        signature = sign(seller, works.listingDigest(listing));
    }

    function test_at_least_64_mutations_of_a_listing_are_refused_each_by_its_name() public {
        mutateFields();
        mutateTypes();
        forgeSignatures();
        lie();
        cross();
        replay();
        assertGe(refusals, LEAST);
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, 2, signature);
    }

    function mutateFields() internal {
        bytes memory encoded = abi.encode(listing);
        for (uint256 field = 1; field < 8; ++field) {
            uint256[] memory values = others(wordOf(encoded, field), type(uint256).max);
            for (uint256 i; i < values.length; ++i) {
                tryListing("field", abi.decode(withWord(encoded, field, values[i]), (Listing)));
            }
            if (field != 7) tryListing("order", abi.decode(withSwapped(encoded, field), (Listing)));
        }
        address[6] memory people =
            [address(0), buyer.addr, stranger, creator.addr, address(works), address(money)];
        for (uint256 i; i < people.length; ++i) {
            Listing memory changed = listing;
            changed.seller = people[i];
            tryListing("seller", changed);
        }
    }

    function tryListing(string memory how, Listing memory changed) internal {
        if (keccak256(abi.encode(changed)) == keccak256(abi.encode(listing))) return;
        refuse(how, buyer.addr, address(works), buyCall(changed, signature), errorOf(changed));
    }

    function errorOf(Listing memory changed) internal view returns (bytes memory) {
        uint256 expires = changed.expiresAtSeconds;
        if (expires < timeNow()) {
            return abi.encodeWithSelector(Errors.Works_OrderExpired.selector, expires, timeNow());
        }
        if (expires > timeNow() + 30 days) {
            return abi.encodeWithSelector(Errors.Works_OrderTooLong.selector, expires, timeNow() + 30 days);
        }
        return badSignature(changed);
    }

    function badSignature(Listing memory changed) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            Errors.Works_BadSignature.selector, changed.seller, works.listingDigest(changed)
        );
    }

    function buyCall(Listing memory what, bytes memory by) internal view returns (bytes memory) {
        return abi.encodeCall(IMarket.buy, (what, buyer.addr, 2, by));
    }

    function domain() internal view returns (Domain memory) {
        return Domain("Grimoire Works", "1", block.chainid, address(works));
    }

    function mutateTypes() internal {
        string[7] memory types = [
            "Listing(uint256 workId,address seller,uint256 quantity,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)",
            "Listing(address seller,uint256 quantity,uint256 workId,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)",
            "Listing(address seller,uint256 workId,uint256 quantity,uint256 minProceedsAtomic,uint256 priceAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)",
            "Listing(address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 counter,uint256 nonce,uint256 expiresAtSeconds)",
            "Listing(address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 expiresAtSeconds)",
            "Order(address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)",
            "Listing(address seller,uint256 workId,uint32 quantity,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds)"
        ];
        for (uint256 i; i < types.length; ++i) {
            trySignature("type", seal(seller, digestOf(domain(), hashAs(types[i], abi.encode(listing)))));
        }
        for (uint256 i; i < 7; ++i) {
            bytes32 structHash = hashAs(TYPE, withSwapped(abi.encode(listing), i));
            trySignature("order in the preimage", seal(seller, digestOf(domain(), structHash)));
        }
    }

    function trySignature(string memory how, bytes memory by) internal {
        refuse(how, buyer.addr, address(works), buyCall(listing, by), badSignature(listing));
    }

    function forgeSignatures() internal {
        Forgery[] memory forgeries = forge(seller, domain(), hashAs(TYPE, abi.encode(listing)));
        for (uint256 i; i < forgeries.length; ++i) {
            trySignature(forgeries[i].how, forgeries[i].signature);
        }
    }

    function lie() internal {
        LyingAccount liar = new LyingAccount();
        Listing memory changed = listing;
        changed.seller = address(liar);
        bytes memory error = badSignature(changed);
        for (uint256 i; i < liar.LIES(); ++i) {
            liar.setLie(i);
            vm.prank(buyer.addr);
            (bool ok, bytes memory result) = address(works).call{gas: 3_000_000}(buyCall(changed, signature));
            assertFalse(ok, "a lie");
            assertEq(result, error, "a lie");
            ++refusals;
        }
    }

    /// @dev What the seller signed for another purpose.
    function cross() internal {
        Offer memory offer = Offer({
            buyer: seller.addr,
            workId: listing.workId,
            quantity: listing.quantity,
            priceAtomic: listing.priceAtomic,
            nonce: listing.nonce,
            counter: listing.counter,
            expiresAtSeconds: listing.expiresAtSeconds
        });
        trySignature("an offer's", sign(seller, works.offerDigest(offer)));
        Permit memory permit = permitOf(seller, PRICE);
        trySignature("a permit's", abi.encodePacked(permit.r, permit.s, permit.v));
        bytes32 digest = works.listingDigest(listing);
        trySignature("a payment's", authorize(seller, address(works), PRICE, digest).signature);
        trySignature("a permission's", seal(seller, works.LISTING_TYPEHASH()));
    }

    // ------------------------------------------------------------------ replay

    function replay() internal {
        replayAfterFill();
        replayAfterCancel();
        replayAfterCancelAll();
        replayAfterTime();
        replayOnAnotherChain();
    }

    function replayEverywhere(bytes memory error) internal {
        refuse("buy", buyer.addr, address(works), buyCall(listing, signature), error);
        bytes memory call = abi.encodeCall(
            IMarket.buyWithPermit, (listing, buyer.addr, 2, signature, permitOf(buyer, 2 * PRICE))
        );
        refuse("buyWithPermit", buyer.addr, address(works), call, error);
        bytes32 nonce = works.purchaseNonce(works.listingDigest(listing), 2, buyer.addr, "salt");
        Authorization memory by = authorize(buyer, address(works), 2 * PRICE, nonce);
        call = abi.encodeCall(IMarket.buyWithAuthorization, (listing, buyer.addr, 2, signature, by, "salt"));
        refuse("buyWithAuthorization", relayer, address(works), call, error);
    }

    function replayAfterFill() internal onSnapshot {
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, 2, signature);
        replayEverywhere(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, listing.nonce));
    }

    function replayAfterCancel() internal onSnapshot {
        uint256[] memory nonces = new uint256[](1);
        nonces[0] = listing.nonce;
        vm.prank(seller.addr);
        works.cancel(nonces);
        replayEverywhere(abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, listing.nonce));
    }

    function replayAfterCancelAll() internal onSnapshot {
        vm.prank(seller.addr);
        uint256 counter = works.cancelAll();
        replayEverywhere(abi.encodeWithSelector(Errors.Works_WrongCounter.selector, seller.addr, 0, counter));
    }

    function replayAfterTime() internal onSnapshot {
        uint256 expires = listing.expiresAtSeconds;
        vm.warp(expires + 1);
        replayEverywhere(abi.encodeWithSelector(Errors.Works_OrderExpired.selector, expires, expires + 1));
    }

    function replayOnAnotherChain() internal onSnapshot {
        uint256 chainId = block.chainid;
        vm.chainId(chainId + 1);
        replayEverywhere(badSignature(listing));
        vm.chainId(chainId);
    }
}
