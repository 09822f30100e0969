// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Authorization, Disclosure, Listing, Offer, Parent, Terms} from "../src/Types.sol";
import {Base} from "./Base.sol";
import {MoodyMoney} from "./MoodyMoney.sol";
import {Snapshots} from "./Snapshots.sol";

/// @dev A market that runs: whoever is paid has been paid before, so that words are warm in the sense of "not zero".
abstract contract GasStage is Base, Snapshots {
    uint256 internal constant RESALE_PRICE = 25e6;

    uint256 internal workId;
    uint256 internal childId;

    function setUp() public virtual override {
        super.setUp();
        workId = createWork("salt", saleTerms(), noParents(), listOf(node));
        childId = createWork("child", saleTerms(), fourParents(), listOf(node));
        give(seller.addr, workId, 20);
        give(buyer.addr, workId, 1);
        give(seller.addr, childId, 5);
        give(buyer.addr, childId, 1);
        register(node, NODE_KEY, MIN_BOND);
        // The first sale makes every payee's word, and the seller's word of nonces.
        resell(workId, 0, buyer);
        resell(childId, 1, buyer);
    }

    /// @dev The dollar that ships: it has no moods.
    function newMoney() internal override returns (MoodyMoney) {
        return MoodyMoney(deployArtifact("TestMoney", ""));
    }

    /// @dev Royalty 5 %, fee 2.5 %, as in the comparison with Seaport.
    function saleTerms() internal pure returns (Terms memory terms) {
        terms = defaultTerms();
        terms.disclosure = Disclosure.Openable;
        terms.resaleRoyaltyBps = 500;
    }

    function fourParents() internal returns (Parent[] memory parents) {
        parents = new Parent[](4);
        for (uint256 i; i < 4; ++i) {
            uint256 parentId = createWork(bytes32(i), saleTerms(), noParents(), nobody());
            give(stranger, parentId, 1);
            parents[i] = Parent(parentId, 1000);
        }
    }

    function listingFor(uint256 id, uint256 nonce) internal view returns (Listing memory listing) {
        listing = listingOf(id, 1, RESALE_PRICE);
        listing.nonce = nonce;
        listing.minProceedsAtomic = RESALE_PRICE * 9250 / 10_000;
    }

    function resell(uint256 id, uint256 nonce, Account memory to) internal {
        Listing memory listing = listingFor(id, nonce);
        bytes memory signature = signCompact(seller, works.listingDigest(listing));
        vm.prank(to.addr);
        works.buy(listing, to.addr, 1, signature);
    }

    /// @dev Says, and keeps in snapshots/, what the last call cost as a transaction of its own.
    function measured(string memory name) internal returns (uint256 gas) {
        gas = vm.lastCallGas().gasTotalUsed;
        assertGt(gas, 21_000, "isolated, so that the whole transaction counts");
        keep(name, gas);
    }

    function measured(string memory name, uint256 ceiling) internal {
        assertLe(measured(name), ceiling, name);
    }
}
