// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Authorization, Listing, Offer, Permit} from "../src/Types.sol";
import {GasStage} from "./GasStage.sol";

/// @dev What each act of the market costs as a transaction of its own: base fee, call data and refund included. The ceilings are what
/// is promised; what it is now stands in snapshots/market.json.
/// forge-config: default.isolate = true
/// forge-config: tests.isolate = true
contract GasTest is GasStage {
    function snapshotGroup() internal pure override returns (string memory) {
        return "market";
    }

    function test_mint() public {
        vm.prank(buyer.addr);
        works.mint(workId, 1, buyer.addr, PRICE);
        measured("mint by allowance, existing holder", 57_000);
        Account memory fresh = makeAccount("fresh");
        fund(fresh.addr);
        vm.prank(fresh.addr);
        works.mint(workId, 1, fresh.addr, PRICE);
        measured("mint by allowance, new holder", 74_900);
        Account memory poor = poorBuyer("poor");
        Authorization memory authorization =
            authorize(poor, address(works), PRICE, works.mintNonce(workId, 1, poor.addr, "salt"));
        vm.prank(relayer);
        works.mintWithAuthorization(workId, 1, poor.addr, "salt", authorization);
        measured("mint by authorization, relayed, new holder", 107_700);
    }

    function test_mint_by_permit() public {
        vm.prank(buyer.addr);
        money.approve(address(works), 0);
        for (uint256 round; round < 2; ++round) {
            Permit memory permit = permitOf(buyer, PRICE);
            vm.prank(buyer.addr);
            works.mintWithPermit(workId, 1, buyer.addr, PRICE, permit);
        }
        measured("mint by exact permit, existing holder");
    }

    function test_buy() public {
        resell(workId, 2, buyer);
        measured("buy by allowance, existing holder");
        Account memory fresh = makeAccount("fresh");
        fund(fresh.addr);
        resell(workId, 3, fresh);
        measured("buy by allowance, new holder");
        resell(childId, 4, buyer);
        measured("buy by allowance, work with four parents");
        resell(workId, 300, buyer);
        measured("buy by allowance, a nonce above 127 in a cold word");
    }

    function test_buy_by_permit() public {
        vm.prank(buyer.addr);
        money.approve(address(works), 0);
        // The very first permit makes the buyer's permit nonce a word.
        for (uint256 nonce = 5; nonce < 7; ++nonce) {
            Listing memory listing = listingFor(workId, nonce);
            bytes memory signature = signCompact(seller, works.listingDigest(listing));
            Permit memory permit = permitOf(buyer, RESALE_PRICE);
            vm.prank(buyer.addr);
            works.buyWithPermit(listing, buyer.addr, 1, signature, permit);
            measured(nonce == 5 ? "buy by the first permit" : "buy by exact permit, existing holder");
        }
    }

    function test_buy_relayed() public {
        Account memory poor = poorBuyer("poor");
        Listing memory listing = listingFor(workId, 7);
        bytes32 digest = works.listingDigest(listing);
        bytes memory signature = signCompact(seller, digest);
        bytes32 nonce = works.purchaseNonce(digest, 1, poor.addr, "salt");
        Authorization memory authorization = authorize(poor, address(works), RESALE_PRICE, nonce);
        vm.prank(relayer);
        works.buyWithAuthorization(listing, poor.addr, 1, signature, authorization, "salt");
        measured("buy by authorization, relayed, new holder");
    }

    function test_buy_in_parts() public {
        Listing memory listing = listingFor(workId, 8);
        listing.quantity = 3;
        bytes memory signature = signCompact(seller, works.listingDigest(listing));
        for (uint256 part; part < 3; ++part) {
            vm.prank(buyer.addr);
            works.buy(listing, buyer.addr, 1, signature);
            measured(part == 0 ? "buy a part, the first of three" : "buy a part, a later one");
        }
    }

    function test_sell_first_ever() public {
        give(stranger, workId, 1);
        Account memory newSeller = makeAccount("new seller");
        give(newSeller.addr, workId, 1);
        Listing memory listing = listingFor(workId, 0);
        (listing.seller, listing.counter) = (newSeller.addr, 0);
        bytes memory signature = signCompact(newSeller, works.listingDigest(listing));
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, 1, signature);
        measured("buy by allowance, the seller's first sale ever: cold words");
    }

    function test_offers() public {
        Offer memory offer = offerOf(workId, 1, RESALE_PRICE);
        bytes memory signature = signCompact(buyer, works.offerDigest(offer));
        vm.prank(seller.addr);
        works.acceptOffer(offer, signature, 1, 0);
        measured("accept an offer by allowance, the buyer's first order");
        offer.nonce = 9;
        signature = signCompact(buyer, works.offerDigest(offer));
        vm.prank(seller.addr);
        works.acceptOffer(offer, signature, 1, 0);
        measured("accept an offer by allowance");
        offer.nonce = 10;
        Authorization memory authorization =
            authorize(buyer, address(works), RESALE_PRICE, works.offerDigest(offer));
        vm.prank(seller.addr);
        works.acceptOfferWithAuthorization(offer, 0, authorization);
        measured("accept an offer by authorization");
    }

    function test_cancel() public {
        uint256[] memory nonces = new uint256[](1);
        nonces[0] = 11;
        vm.startPrank(seller.addr);
        works.cancel(nonces);
        measured("cancel one");
        works.cancelAll();
        measured("cancel all");
        vm.stopPrank();
    }

    function test_hold() public {
        vm.prank(buyer.addr);
        works.safeTransferFrom(buyer.addr, seller.addr, workId, 1, "");
        measured("gift");
        (uint256[] memory ids, uint256[] memory ones) = (new uint256[](2), new uint256[](2));
        (ids[0], ids[1], ones[0], ones[1]) = (workId, childId, 1, 1);
        give(buyer.addr, workId, 1);
        vm.prank(buyer.addr);
        works.safeBatchTransferFrom(buyer.addr, seller.addr, ids, ones, "");
        measured("gift of two works at once");
        give(buyer.addr, childId, 1);
        vm.prank(buyer.addr);
        works.openCopy(childId);
        measured("open a copy", 60_000);
        vm.prank(buyer.addr);
        works.revokeGrantsBefore(timeNow());
        measured("revoke grants");
    }

    /// @dev A buyer with money for one purchase and a unit, no allowance and no gas.
    function poorBuyer(string memory name) private returns (Account memory poor) {
        poor = makeAccount(name);
        money.mint(poor.addr, RESALE_PRICE + 1);
    }
}
