// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Listing, Permit} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {LyingAccount} from "./LyingAccount.sol";
import {Mutations} from "./Mutations.sol";
import {Wrapper} from "./SmartAccount.sol";

/// @dev An authorization of a purchase, and everything that is not quite that authorization, also beside listings that
/// the seller truly signed.
contract MutationsPurchaseTest is Base, Mutations {
    string internal constant PAYMENT =
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";

    Listing internal listing;
    bytes internal signature;

    function setUp() public override {
        super.setUp();
        uint256 workId = createWork();
        give(seller.addr, workId, 50);
        give(seller.addr, createWork("other", defaultTerms(), noParents(), nobody()), 50);
        listing = listingOf(workId, 8, PRICE);
        signature = sign(seller, works.listingDigest(listing));
    }

    function test_at_least_64_mutations_of_a_purchase_authorization_are_refused_each_by_its_name() public {
        mutateListing();
        mutatePurchase();
        mutatePayment();
        mutateTypes();
        Authorization memory by = payment();
        Forgery[] memory forgeries = forge(buyer, domain(), hashAs(PAYMENT, words(by)));
        for (uint256 i; i < forgeries.length; ++i) {
            by.signature = forgeries[i].signature;
            tryPayment(forgeries[i].how, by, badSignature(buyer.addr));
        }
        lie();
        assertGe(refusals, LEAST);
        replay();
        works.buyWithAuthorization(listing, buyer.addr, 2, signature, payment(), "salt");
    }

    function nonceOf() internal view returns (bytes32) {
        return works.purchaseNonce(works.listingDigest(listing), 2, buyer.addr, "salt");
    }

    function payment() internal view returns (Authorization memory) {
        return authorize(buyer, address(works), 2 * PRICE, nonceOf());
    }

    function words(Authorization memory by) internal view returns (bytes memory) {
        return abi.encode(by.from, address(works), 2 * PRICE, by.validAfter, by.validBefore, nonceOf());
    }

    function domain() internal view returns (Domain memory) {
        return Domain("Test Dollar", "1", block.chainid, address(money));
    }

    function badSignature(address from) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, from);
    }

    function tryPayment(string memory how, Authorization memory by, bytes memory error) internal {
        tryPurchase(how, 2, buyer.addr, "salt", by, error);
    }

    function tryPurchase(
        string memory how,
        uint256 quantity,
        address recipient,
        bytes32 salt,
        Authorization memory by,
        bytes memory error
    ) internal {
        bytes memory call = abi.encodeCall(
            IMarket.buyWithAuthorization, (listing, recipient, quantity, signature, by, salt)
        );
        refuse(how, relayer, address(works), call, error);
    }

    /// @dev A relayer brings another listing, truly signed, for the same sum.
    function mutateListing() internal {
        Listing memory meant = listing;
        Authorization memory by = payment();
        bytes memory encoded = abi.encode(meant);
        uint256[6] memory fields = [uint256(1), 2, 3, 4, 5, 7];
        for (uint256 i; i < fields.length; ++i) {
            uint256 value = wordOf(encoded, fields[i]);
            uint256[4] memory values = [value + 1, value + 2, value + 3, value + 100];
            if (fields[i] == 1) values[0] = works.workIdOf(creator.addr, "other");
            for (uint256 j; j < (fields[i] == 1 ? 1 : 4); ++j) {
                listing = abi.decode(withWord(encoded, fields[i], values[j]), (Listing));
                signature = sign(seller, works.listingDigest(listing));
                tryPayment("listing", by, badSignature(buyer.addr));
            }
        }
        give(stranger, meant.workId, 9);
        Account memory other = makeAccount("stranger");
        listing = meant;
        listing.seller = stranger;
        signature = sign(other, works.listingDigest(listing));
        tryPayment("seller", by, badSignature(buyer.addr));
        listing = meant;
        signature = sign(seller, works.listingDigest(listing));
    }

    function mutatePurchase() internal {
        Authorization memory by = payment();
        bytes memory bad = badSignature(buyer.addr);
        uint256[] memory values = others(2, type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            tryPurchase("quantity", values[i], buyer.addr, "salt", by, quantityError(values[i]));
        }
        address[5] memory people = [relayer, stranger, creator.addr, seller.addr, treasury];
        for (uint256 i; i < people.length; ++i) {
            tryPurchase("recipient", 2, people[i], "salt", by, bad);
        }
        bytes memory zero = abi.encodeWithSelector(Errors.Works_ZeroRecipient.selector);
        tryPurchase("recipient", 2, address(0), "salt", by, zero);
        address wrapper = address(new Wrapper());
        bytes memory held =
            abi.encodeWithSelector(Errors.Works_RecipientIsContract.selector, wrapper, wrapper.codehash);
        tryPurchase("recipient", 2, wrapper, "salt", by, held);
        values = others(uint256(bytes32("salt")), type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            tryPurchase("salt", 2, buyer.addr, bytes32(values[i]), by, bad);
        }
    }

    function quantityError(uint256 quantity) internal view returns (bytes memory) {
        if (quantity == 0) return abi.encodeWithSelector(Errors.Works_ZeroQuantity.selector);
        if (quantity > 50) {
            return abi.encodeWithSelector(
                Errors.Works_NotEnoughEditions.selector, listing.workId, seller.addr, 50, quantity
            );
        }
        return badSignature(buyer.addr);
    }

    function mutatePayment() internal {
        bytes32 nonce = nonceOf();
        bytes memory bad = badSignature(buyer.addr);
        uint256[] memory values = others(2 * PRICE, type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            tryPayment("sum", authorize(buyer, address(works), values[i], nonce), bad);
        }
        address[5] memory people = [address(0), relayer, stranger, seller.addr, address(money)];
        for (uint256 i; i < people.length; ++i) {
            tryPayment("payee", authorize(buyer, people[i], 2 * PRICE, nonce), bad);
            Authorization memory changed = payment();
            changed.from = people[i];
            tryPayment("payer", changed, badSignature(people[i]));
        }
        values = others(uint256(nonce), type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            tryPayment("nonce", authorize(buyer, address(works), 2 * PRICE, bytes32(values[i])), bad);
        }
    }

    function mutateTypes() internal {
        string[3] memory types = [
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)",
            "ReceiveWithAuthorization(address to,address from,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)",
            "ReceiveWithAuthorization(address from,address to,uint256 value,bytes32 nonce)"
        ];
        Authorization memory by = payment();
        bytes memory bad = badSignature(buyer.addr);
        for (uint256 i; i < types.length; ++i) {
            by.signature = seal(buyer, digestOf(domain(), hashAs(types[i], words(by))));
            tryPayment("type", by, bad);
        }
        for (uint256 i; i < 5; ++i) {
            by.signature = seal(buyer, digestOf(domain(), hashAs(PAYMENT, withSwapped(words(by), i))));
            tryPayment("order", by, bad);
        }
        Permit memory permit = permitOf(buyer, 2 * PRICE);
        by.signature = abi.encodePacked(permit.r, permit.s, permit.v);
        tryPayment("a permit's", by, bad);
        bytes32 digest = works.listingDigest(listing);
        tryPayment("the listing's alone", authorize(buyer, address(works), 2 * PRICE, digest), bad);
        bytes32 nonce = works.mintNonce(uint256(digest), 2, buyer.addr, "salt");
        tryPayment("a mint's", authorize(buyer, address(works), 2 * PRICE, nonce), bad);
        bytes32 typeHash =
            keccak256("Purchase(bytes32 listingDigest,address recipient,uint256 quantity,bytes32 salt)");
        nonce = keccak256(abi.encode(typeHash, digest, buyer.addr, 2, bytes32("salt")));
        tryPayment("order in the nonce", authorize(buyer, address(works), 2 * PRICE, nonce), bad);
    }

    function lie() internal {
        LyingAccount liar = new LyingAccount();
        money.mint(address(liar), MUCH);
        Authorization memory by = payment();
        by.from = address(liar);
        bytes memory call =
            abi.encodeCall(IMarket.buyWithAuthorization, (listing, buyer.addr, 2, signature, by, "salt"));
        for (uint256 i; i < liar.LIES(); ++i) {
            liar.setLie(i);
            (bool ok, bytes memory result) = address(works).call{gas: 3_000_000}(call);
            assertFalse(ok, "a lie");
            assertEq(result, badSignature(address(liar)), "a lie");
            ++refusals;
        }
    }

    function replay() internal {
        replayAfterUse();
        replayAfterCancel();
    }

    function replayAfterUse() internal onSnapshot {
        Authorization memory by = payment();
        works.buyWithAuthorization(listing, buyer.addr, 2, signature, by, "salt");
        bytes memory error =
            abi.encodeWithSelector(Errors.TestMoney_AuthorizationUsed.selector, buyer.addr, nonceOf());
        tryPayment("replay", by, error);
        tryPayment("replay, signed anew", payment(), error);
    }

    /// @dev Cancelling the listing kills the payments that wait for it.
    function replayAfterCancel() internal onSnapshot {
        Authorization memory by = payment();
        uint256[] memory nonces = new uint256[](1);
        nonces[0] = listing.nonce;
        vm.prank(seller.addr);
        works.cancel(nonces);
        bytes memory error =
            abi.encodeWithSelector(Errors.Works_NonceUsed.selector, seller.addr, listing.nonce);
        tryPayment("after cancel", by, error);
        vm.prank(seller.addr);
        uint256 counter = works.cancelAll();
        error = abi.encodeWithSelector(Errors.Works_WrongCounter.selector, seller.addr, 0, counter);
        tryPayment("after cancelAll", by, error);
    }
}
