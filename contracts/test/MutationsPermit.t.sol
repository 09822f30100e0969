// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "solady/tokens/ERC20.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Listing, Permit} from "../src/Types.sol";
import {Base} from "./Base.sol";
import {Mutations} from "./Mutations.sol";

/// @dev A permit, and everything that is not quite that permit. The money refuses it by its name; the ledger, which
/// minds no permit that failed, finds no allowance.
contract MutationsPermitTest is Base, Mutations {
    string internal constant TYPE =
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";

    uint256 internal workId;
    uint256 internal deadline;
    Listing internal listing;
    bytes internal listed;
    bytes internal noAllowance;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 9);
        listing = listingOf(workId, 1, PRICE);
        listed = sign(seller, works.listingDigest(listing));
        vm.prank(buyer.addr);
        money.approve(address(works), 0);
        deadline = timeNow() + 1 hours;
        noAllowance = abi.encodeWithSelector(SafeTransferLib.TransferFromFailed.selector);
    }

    function test_at_least_64_mutations_of_a_permit_are_refused_each_by_its_name() public {
        mutateFields();
        mutateTypes();
        // Of another length a permit cannot be; of a high s it can, and gives the same allowance once.
        Forgery[] memory forgeries = forge(buyer, domain(), hashAs(TYPE, words()));
        for (uint256 i; i < forgeries.length; ++i) {
            bytes memory forged = forgeries[i].signature;
            bool isHigh = forged.length == 65 && wordOf(forged, 1) > ORDER / 2 && wordOf(forged, 1) < ORDER;
            if (forged.length == 65 && !isHigh) tryPermit(forgeries[i].how, permitFrom(forged, deadline));
        }
        replay();
        assertGe(refusals, LEAST);
        Permit memory good = permitFrom(seal(buyer, digestOf(domain(), hashAs(TYPE, words()))), deadline);
        vm.prank(buyer.addr);
        works.mintWithPermit(workId, 1, buyer.addr, PRICE, good);
    }

    function words() internal view returns (bytes memory) {
        return abi.encode(buyer.addr, address(works), PRICE, money.nonces(buyer.addr), deadline);
    }

    function domain() internal view returns (Domain memory) {
        return Domain("Test Dollar", "1", block.chainid, address(money));
    }

    function permitFrom(bytes memory signature, uint256 until) internal pure returns (Permit memory) {
        (bytes32 r, bytes32 s) = (bytes32(wordOf(signature, 0)), bytes32(wordOf(signature, 1)));
        return Permit(until, uint8(signature[64]), r, s);
    }

    /// @dev Both ways to pay by it, and the money's own word.
    function tryPermit(string memory how, Permit memory permit) internal {
        tryMoney(how, permit, PRICE, abi.encodeWithSelector(ERC20.InvalidPermit.selector));
    }

    function tryMoney(string memory how, Permit memory permit, uint256 value, bytes memory error) internal {
        uint256 before = refusals;
        bytes memory call = abi.encodeCall(
            money.permit,
            (buyer.addr, address(works), value, permit.deadlineSeconds, permit.v, permit.r, permit.s)
        );
        refuse(how, relayer, address(money), call, error);
        call = abi.encodeCall(IMarket.mintWithPermit, (workId, 1, buyer.addr, PRICE, permit));
        refuse(how, buyer.addr, address(works), call, noAllowance);
        call = abi.encodeCall(IMarket.buyWithPermit, (listing, buyer.addr, 1, listed, permit));
        refuse(how, buyer.addr, address(works), call, noAllowance);
        refusals = before + 1;
    }

    function mutateFields() internal {
        for (uint256 field; field < 5; ++field) {
            uint256[] memory values = others(wordOf(words(), field), type(uint256).max);
            for (uint256 i; i < values.length; ++i) {
                bytes32 structHash = hashAs(TYPE, withWord(words(), field, values[i]));
                tryPermit("field", permitFrom(seal(buyer, digestOf(domain(), structHash)), deadline));
            }
        }
        uint256[] memory ends = others(deadline, type(uint256).max);
        bytes memory good = seal(buyer, digestOf(domain(), hashAs(TYPE, words())));
        for (uint256 i; i < ends.length; ++i) {
            bool isOver = ends[i] < timeNow();
            bytes4 error = isOver ? ERC20.PermitExpired.selector : ERC20.InvalidPermit.selector;
            tryMoney("deadline", permitFrom(good, ends[i]), PRICE, abi.encodeWithSelector(error));
        }
    }

    function mutateTypes() internal {
        string[4] memory types = [
            "Permit(address spender,address owner,uint256 value,uint256 nonce,uint256 deadline)",
            "Permit(address owner,address spender,uint256 value,uint256 deadline,uint256 nonce)",
            "Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)",
            "Approval(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        ];
        for (uint256 i; i < types.length; ++i) {
            bytes32 digest = digestOf(domain(), hashAs(types[i], words()));
            tryPermit("type", permitFrom(seal(buyer, digest), deadline));
        }
        for (uint256 i; i < 4; ++i) {
            bytes32 digest = digestOf(domain(), hashAs(TYPE, withSwapped(words(), i)));
            tryPermit("order", permitFrom(seal(buyer, digest), deadline));
        }
        tryPermit("a listing's", permitFrom(listed, deadline));
        bytes32 nonce = works.mintNonce(workId, 1, buyer.addr, "salt");
        bytes memory payment = authorize(buyer, address(works), PRICE, nonce).signature;
        tryPermit("an authorization's", permitFrom(payment, deadline));
    }

    function replay() internal onSnapshot {
        Permit memory good = permitFrom(seal(buyer, digestOf(domain(), hashAs(TYPE, words()))), deadline);
        vm.prank(buyer.addr);
        works.mintWithPermit(workId, 1, buyer.addr, PRICE, good);
        tryPermit("replay", good);
        uint256 chainId = block.chainid;
        Permit memory next = permitFrom(seal(buyer, digestOf(domain(), hashAs(TYPE, words()))), deadline);
        vm.chainId(chainId + 1);
        listed = sign(seller, works.listingDigest(listing));
        tryPermit("another chain", next);
        vm.chainId(chainId);
    }
}
