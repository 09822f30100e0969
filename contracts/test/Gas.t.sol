// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Authorization, Disclosure, Listing, Parent, Terms} from "../src/Types.sol";
import {Base} from "./Base.sol";
import {MoodyMoney} from "./MoodyMoney.sol";

/// @dev What each act costs as a transaction of its own: base fee, call data and refund included. Where money was
/// moved before, words are warm in the sense of "not zero", as they are in a market that runs.
/// forge-config: default.isolate = true
/// forge-config: tests.isolate = true
contract GasTest is Base {
    uint256 internal workId;

    function setUp() public override {
        super.setUp();
        Terms memory terms = defaultTerms();
        terms.disclosure = Disclosure.Openable;
        workId = createWork("salt", terms, noParents(), listOf(node));
        give(seller.addr, workId, 5);
        give(buyer.addr, workId, 1);
        register(node, NODE_KEY, MIN_BOND);
        // The first sale makes every payee's word, and the seller's word of nonces.
        resell(300);
    }

    /// @dev The dollar that ships: it has no moods.
    function newMoney() internal override returns (MoodyMoney) {
        return MoodyMoney(deployArtifact("TestMoney", ""));
    }

    function spent(string memory what, uint256 ceiling) internal {
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint(what, gas);
        assertLe(gas, ceiling, what);
        assertGt(gas, 21_000, "isolated, so that the whole transaction counts");
    }

    function resell(uint256 nonce) internal {
        Listing memory listing = listingOf(workId, 1, 25e6);
        listing.nonce = nonce;
        bytes memory signature = signCompact(seller, works.listingDigest(listing));
        vm.prank(buyer.addr);
        works.buy(listing, signature, buyer.addr, 25e6);
    }

    function test_create() public {
        createWork("another", defaultTerms(), noParents(), listOf(node));
        spent("create, one admitted operator", 210_000);
        vm.prank(creator.addr);
        works.publishVersion(workId, "second");
        spent("publish a version", 62_500);
    }

    function test_mint() public {
        vm.prank(buyer.addr);
        works.mint(workId, 1, buyer.addr, PRICE);
        spent("mint by allowance, holder of others", 76_000);
        vm.prank(seller.addr);
        works.mint(workId, 1, stranger, PRICE);
        spent("mint by allowance, new holder", 97_000);
        Authorization memory authorization =
            authorize(buyer, address(works), PRICE, works.mintNonce(workId, 1, "salt"));
        vm.prank(relayer);
        works.mintWithAuthorization(workId, 1, "salt", authorization);
        spent("mint by authorization, relayed", 110_000);
    }

    function test_buy() public {
        resell(301);
        spent("buy by allowance, seller paid at once", 99_000);
        Listing memory listing = listingOf(workId, 1, 25e6);
        listing.nonce = 302;
        bytes32 digest = works.listingDigest(listing);
        bytes memory signature = signCompact(seller, digest);
        Authorization memory authorization = authorize(buyer, address(works), 25e6, digest);
        vm.prank(relayer);
        works.buyWithAuthorization(listing, signature, authorization);
        spent("buy by authorization, relayed", 132_000);
        vm.prank(seller.addr);
        works.cancel(303);
        spent("cancel", 30_500);
    }

    function test_hold() public {
        vm.prank(buyer.addr);
        works.safeTransferFrom(buyer.addr, seller.addr, workId, 1, "");
        spent("gift", 42_000);
        vm.prank(buyer.addr);
        works.openCopy(workId);
        spent("open a copy", 56_000);
    }

    function test_collect() public {
        address splitter = works.splitterOf(workId, node);
        money.mint(splitter, 1_000_001);
        works.collect(workId, node);
        spent("collect, first: deploys the splitter", 140_000);
        money.mint(splitter, 1_000_000);
        works.collect(workId, node);
        spent("collect, later", 78_000);
        vm.prank(node);
        works.withdraw(node);
        spent("withdraw", 41_500);
    }

    function test_collect_ten_operators() public {
        (uint256[] memory ids, address[] memory nodes) = (new uint256[](10), new address[](10));
        for (uint160 round; round < 2; ++round) {
            for (uint160 i; i < 10; ++i) {
                (ids[i], nodes[i]) = (workId, address(i + 1000));
                money.mint(works.splitterOf(workId, nodes[i]), 1_000_001);
            }
            works.collectMany(ids, nodes);
        }
        spent("collect from ten operators, later", 357_000);
    }

    function test_operators() public {
        fund(stranger);
        register(stranger, "other", MIN_BOND);
        spent("register with a bond", 215_000);
        vm.prank(stranger);
        operators.rotateSessionKey("new");
        spent("rotate the session key", 54_000);
        vm.prank(stranger);
        operators.beginUnbonding();
        spent("begin unbonding", 33_000);
    }

    function test_gate() public {
        gate.canDecrypt(buyer.addr, NODE_KEY, workId, block.chainid);
        emit log_named_uint("gate, edition and operator", vm.lastCallGas().gasTotalUsed);
    }
}
