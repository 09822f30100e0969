// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Permit} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {LyingAccount} from "./LyingAccount.sol";
import {Mutations} from "./Mutations.sol";
import {Wrapper} from "./SmartAccount.sol";

/// @dev An authorization of a mint, and everything that is not quite that authorization.
contract MutationsMintTest is Base, Mutations {
    string internal constant PAYMENT =
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";

    uint256 internal workId;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        createWork("other", defaultTerms(), noParents(), nobody());
    }

    function test_at_least_64_mutations_of_a_mint_authorization_are_refused_each_by_its_name() public {
        mutateMint();
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
        works.mintWithAuthorization(workId, 2, buyer.addr, "salt", payment());
    }

    function payment() internal view returns (Authorization memory) {
        return authorize(buyer, address(works), 2 * PRICE, works.mintNonce(workId, 2, buyer.addr, "salt"));
    }

    function words(Authorization memory by) internal view returns (bytes memory) {
        bytes32 nonce = works.mintNonce(workId, 2, buyer.addr, "salt");
        return abi.encode(by.from, address(works), 2 * PRICE, by.validAfter, by.validBefore, nonce);
    }

    function domain() internal view returns (Domain memory) {
        return Domain("Test Dollar", "1", block.chainid, address(money));
    }

    function badSignature(address from) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, from);
    }

    function tryMint(
        string memory how,
        uint256 id,
        uint256 quantity,
        address recipient,
        bytes32 salt,
        bytes memory error
    ) internal {
        bytes memory call = abi.encodeCall(
            IMarket.mintWithAuthorization, (id, quantity, recipient, salt, payment())
        );
        refuse(how, relayer, address(works), call, error);
    }

    function tryPayment(string memory how, Authorization memory by, bytes memory error) internal {
        bytes memory call = abi.encodeCall(IMarket.mintWithAuthorization, (workId, 2, buyer.addr, "salt", by));
        refuse(how, relayer, address(works), call, error);
    }

    /// @dev What the nonce commits to.
    function mutateMint() internal {
        bytes memory bad = badSignature(buyer.addr);
        tryMint("work", works.workIdOf(creator.addr, "other"), 2, buyer.addr, "salt", bad);
        uint256[] memory values = others(workId, type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            bytes memory unknown = abi.encodeWithSelector(Errors.Works_UnknownWork.selector, values[i]);
            tryMint("work", values[i], 2, buyer.addr, "salt", unknown);
        }
        values = others(2, type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            tryMint("quantity", workId, values[i], buyer.addr, "salt", quantityError(values[i]));
        }
        address[5] memory people = [relayer, stranger, creator.addr, seller.addr, treasury];
        for (uint256 i; i < people.length; ++i) {
            tryMint("recipient", workId, 2, people[i], "salt", bad);
        }
        tryMint(
            "recipient",
            workId,
            2,
            address(0),
            "salt",
            abi.encodeWithSelector(Errors.Works_ZeroRecipient.selector)
        );
        address wrapper = address(new Wrapper());
        tryMint(
            "recipient",
            workId,
            2,
            wrapper,
            "salt",
            abi.encodeWithSelector(Errors.Works_RecipientIsContract.selector, wrapper, wrapper.codehash)
        );
        values = others(uint256(bytes32("salt")), type(uint256).max);
        for (uint256 i; i < values.length; ++i) {
            tryMint("salt", workId, 2, buyer.addr, bytes32(values[i]), bad);
        }
    }

    function quantityError(uint256 quantity) internal view returns (bytes memory) {
        if (quantity == 0) return abi.encodeWithSelector(Errors.Works_ZeroQuantity.selector);
        if (quantity > 100) {
            return abi.encodeWithSelector(Errors.Works_SoldOut.selector, workId, quantity, 100);
        }
        return badSignature(buyer.addr);
    }

    /// @dev What the money's own signature commits to.
    function mutatePayment() internal {
        bytes32 nonce = works.mintNonce(workId, 2, buyer.addr, "salt");
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
        mutateTimes();
    }

    /// @dev Times that were not signed; and times that were, but are not now.
    function mutateTimes() internal {
        for (uint256 i = 1; i < 5; ++i) {
            Authorization memory by = payment();
            by.validBefore += i;
            tryPayment("end", by, badSignature(buyer.addr));
            by = payment();
            by.validAfter += i;
            tryPayment("beginning", by, badSignature(buyer.addr));
        }
        uint256[3] memory ends = [uint256(timeNow()), timeNow() - 1, 0];
        for (uint256 i; i < ends.length; ++i) {
            Authorization memory by = signedFor(0, ends[i]);
            bytes memory expired =
                abi.encodeWithSelector(Errors.TestMoney_Expired.selector, ends[i], timeNow());
            tryPayment("end", by, expired);
            uint256 begins = timeNow() + i * 1 days;
            by = signedFor(begins, type(uint256).max);
            bytes memory early =
                abi.encodeWithSelector(Errors.TestMoney_NotYetValid.selector, begins, timeNow());
            tryPayment("beginning", by, early);
        }
    }

    function signedFor(uint256 validAfter, uint256 validBefore)
        internal
        view
        returns (Authorization memory by)
    {
        by = Authorization(buyer.addr, validAfter, validBefore, "");
        by.signature = seal(buyer, digestOf(domain(), hashAs(PAYMENT, words(by))));
    }

    function mutateTypes() internal {
        string[4] memory types = [
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)",
            "ReceiveWithAuthorization(address to,address from,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)",
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validBefore,uint256 validAfter,bytes32 nonce)",
            "ReceiveWithAuthorization(address from,address to,uint256 value,bytes32 nonce)"
        ];
        Authorization memory by = payment();
        for (uint256 i; i < types.length; ++i) {
            by.signature = seal(buyer, digestOf(domain(), hashAs(types[i], words(by))));
            tryPayment("type", by, badSignature(buyer.addr));
        }
        for (uint256 i; i < 5; ++i) {
            by.signature = seal(buyer, digestOf(domain(), hashAs(PAYMENT, withSwapped(words(by), i))));
            tryPayment("order", by, badSignature(buyer.addr));
        }
        Permit memory permit = permitOf(buyer, 2 * PRICE);
        by.signature = abi.encodePacked(permit.r, permit.s, permit.v);
        tryPayment("a permit's", by, badSignature(buyer.addr));
        bytes32 nonce = works.purchaseNonce(bytes32(workId), 2, buyer.addr, "salt");
        tryPayment(
            "a purchase's", authorize(buyer, address(works), 2 * PRICE, nonce), badSignature(buyer.addr)
        );
    }

    function lie() internal {
        LyingAccount liar = new LyingAccount();
        money.mint(address(liar), MUCH);
        Authorization memory by = payment();
        by.from = address(liar);
        bytes memory call = abi.encodeCall(IMarket.mintWithAuthorization, (workId, 2, buyer.addr, "salt", by));
        for (uint256 i; i < liar.LIES(); ++i) {
            liar.setLie(i);
            (bool ok, bytes memory result) = address(works).call{gas: 3_000_000}(call);
            assertFalse(ok, "a lie");
            assertEq(result, badSignature(address(liar)), "a lie");
            ++refusals;
        }
    }

    function replay() internal onSnapshot {
        Authorization memory by = payment();
        works.mintWithAuthorization(workId, 2, buyer.addr, "salt", by);
        bytes32 nonce = works.mintNonce(workId, 2, buyer.addr, "salt");
        bytes memory error =
            abi.encodeWithSelector(Errors.TestMoney_AuthorizationUsed.selector, buyer.addr, nonce);
        tryPayment("replay", by, error);
        tryPayment("replay, signed anew", payment(), error);
        vm.warp(by.validBefore);
        tryPayment(
            "late replay", by, abi.encodeWithSelector(Errors.TestMoney_Expired.selector, timeNow(), timeNow())
        );
    }
}
