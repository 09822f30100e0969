// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {Wrapper} from "./SmartAccount.sol";

/// @dev The primary sale, by allowance and by authorization; by permit in Permits.t.sol.
contract MarketPrimaryTest is Base {
    uint256 internal workId;

    function setUp() public override {
        super.setUp();
        workId = createWork();
    }

    function authorizeMint(uint256 quantity, uint256 value) internal view returns (Authorization memory) {
        return authorize(buyer, address(works), value, works.mintNonce(workId, quantity, buyer.addr, "salt"));
    }

    function mintAuthorized(
        uint256 id,
        uint256 quantity,
        address recipient,
        bytes32 salt,
        Authorization memory by
    ) internal {
        vm.prank(relayer);
        works.mintWithAuthorization(id, quantity, recipient, salt, by);
    }

    // ------------------------------------------------------------------ by allowance

    function test_a_mint_costs_its_price_which_accrues_to_creator_and_treasury() public {
        vm.expectEmit(address(works));
        emit IMarket.Minted(workId, stranger, 2, 50e6, 1.25e6);
        vm.prank(buyer.addr);
        works.mint(workId, 2, stranger, 50e6);
        assertEq(works.balanceOf(stranger, workId), 2);
        assertEq(works.work(workId).minted, 2);
        assertEq(money.balanceOf(buyer.addr), MUCH - 50e6);
        assertAccrued(workId, 48.75e6, 1.25e6);
        assertEq(money.balanceOf(address(works)), 50e6);
    }

    function test_a_mint_costs_no_more_than_its_buyer_allows() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_CostTooHigh.selector, 50e6, 50e6 - 1));
        vm.prank(buyer.addr);
        works.mint(workId, 2, buyer.addr, 50e6 - 1);
    }

    function testFuzz_no_more_editions_than_the_cap(uint256 quantity) public {
        give(stranger, workId, 97);
        quantity = bound(quantity, 4, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_SoldOut.selector, workId, quantity, 3));
        vm.prank(buyer.addr);
        works.mint(workId, quantity, buyer.addr, type(uint256).max);
        give(buyer.addr, workId, 3);
    }

    function test_a_mint_has_a_work_a_quantity_and_a_recipient_that_may_hold() public {
        vm.startPrank(buyer.addr);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_UnknownWork.selector, 7));
        works.mint(7, 1, buyer.addr, MUCH);
        vm.expectRevert(Errors.Works_ZeroQuantity.selector);
        works.mint(workId, 0, buyer.addr, MUCH);
        address wrapper = address(new Wrapper());
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_RecipientIsContract.selector, wrapper, wrapper.codehash)
        );
        works.mint(workId, 1, wrapper, MUCH);
        vm.expectRevert(Errors.Works_ZeroRecipient.selector);
        works.mint(workId, 1, address(0), MUCH);
        vm.stopPrank();
    }

    function test_a_mint_reverts_as_a_whole_without_allowance() public {
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        vm.prank(stranger);
        works.mint(workId, 1, stranger, MUCH);
        assertEq(works.work(workId).minted, 0);
        assertAccrued(workId, 0, 0);
    }

    function test_a_free_work_is_free() public {
        Terms memory terms = defaultTerms();
        terms.priceAtomic = 0;
        uint256 freeId = createWork("free", terms, noParents(), nobody());
        vm.prank(stranger);
        works.mint(freeId, 3, stranger, 0);
        assertEq(works.balanceOf(stranger, freeId), 3);
    }

    function testFuzz_money_every_mint_accrues_to_the_last_unit_and_the_dearest_does_not_overflow(
        uint48 price,
        uint32 quantity
    ) public {
        quantity = uint32(bound(quantity, 1, type(uint32).max));
        Terms memory terms = defaultTerms();
        (terms.priceAtomic, terms.editionCap) = (price, type(uint32).max);
        uint256 dearId = createWork("dear", terms, noParents(), nobody());
        uint256 cost = uint256(price) * quantity;
        money.mint(buyer.addr, cost);
        uint256 before = money.balanceOf(buyer.addr);
        vm.prank(buyer.addr);
        works.mint(dearId, quantity, buyer.addr, cost);
        assertEq(before - money.balanceOf(buyer.addr), cost);
        (uint256 ofCreator, uint256 ofTreasury) = owedFor(dearId);
        assertEq(ofTreasury, cost * FEE_BPS / 10_000);
        assertEq(ofCreator, cost - ofTreasury);
        assertEq(money.balanceOf(address(works)), cost);
    }

    function testFuzz_money_a_mint_never_costs_more_than_its_ceiling(uint48 price, uint32 quantity, uint256 ceiling)
        public
    {
        (price, quantity) = (uint48(bound(price, 0, 1e9)), uint32(bound(quantity, 1, 100)));
        ceiling = bound(ceiling, 0, 2 * uint256(price) * quantity + 1);
        Terms memory terms = defaultTerms();
        terms.priceAtomic = price;
        uint256 id = createWork("ceiling", terms, noParents(), nobody());
        uint256 cost = uint256(price) * quantity;
        if (cost > ceiling) {
            vm.expectRevert(abi.encodeWithSelector(Errors.Works_CostTooHigh.selector, cost, ceiling));
        }
        vm.prank(buyer.addr);
        works.mint(id, quantity, buyer.addr, ceiling);
        assertLe(MUCH - money.balanceOf(buyer.addr), ceiling);
    }

    /// @dev What creator and treasury have from one work, accrued and credited.
    function owedFor(uint256 id) internal view returns (uint256 ofCreator, uint256 ofTreasury) {
        (ofCreator, ofTreasury) = works.accruedOf(id);
        (ofCreator, ofTreasury) =
        (ofCreator + works.creditOf(creator.addr), ofTreasury + works.creditOf(treasury));
    }

    function assertAccrued(uint256 id, uint256 ofCreator, uint256 ofTreasury) internal view {
        (uint256 creatorAtomic, uint256 treasuryAtomic) = works.accruedOf(id);
        assertEq(creatorAtomic, ofCreator);
        assertEq(treasuryAtomic, ofTreasury);
    }

    // ------------------------------------------------------------------ by authorization

    function test_a_buyer_who_only_signs_gets_the_edition_whoever_sends() public {
        mintAuthorized(workId, 2, buyer.addr, "salt", authorizeMint(2, 50e6));
        assertEq(works.balanceOf(buyer.addr, workId), 2);
        assertEq(works.balanceOf(relayer, workId), 0);
        assertEq(money.balanceOf(buyer.addr), MUCH - 50e6);
        assertAccrued(workId, 48.75e6, 1.25e6);
    }

    function test_a_buyer_signs_for_another_recipient() public {
        bytes32 nonce = works.mintNonce(workId, 1, stranger, "gift");
        mintAuthorized(workId, 1, stranger, "gift", authorize(buyer, address(works), PRICE, nonce));
        assertEq(works.balanceOf(stranger, workId), 1);
        assertEq(money.balanceOf(buyer.addr), MUCH - PRICE);
    }

    function test_an_authorized_mint_cannot_be_replayed() public {
        Authorization memory authorization = authorizeMint(2, 50e6);
        mintAuthorized(workId, 2, buyer.addr, "salt", authorization);
        bytes32 nonce = works.mintNonce(workId, 2, buyer.addr, "salt");
        vm.expectRevert(
            abi.encodeWithSelector(Errors.TestMoney_AuthorizationUsed.selector, buyer.addr, nonce)
        );
        mintAuthorized(workId, 2, buyer.addr, "salt", authorization);
    }

    function test_a_relayer_cannot_change_quantity_work_recipient_or_salt() public {
        Authorization memory authorization = authorizeMint(2, 50e6);
        bytes memory refusal = abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr);
        uint256 otherId = createWork("other", defaultTerms(), noParents(), nobody());
        vm.expectRevert(refusal);
        mintAuthorized(workId, 1, buyer.addr, "salt", authorization);
        vm.expectRevert(refusal);
        mintAuthorized(otherId, 2, buyer.addr, "salt", authorization);
        vm.expectRevert(refusal);
        mintAuthorized(workId, 2, relayer, "salt", authorization);
        vm.expectRevert(refusal);
        mintAuthorized(workId, 2, buyer.addr, "pepper", authorization);
        authorization.from = relayer;
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, relayer));
        mintAuthorized(workId, 2, buyer.addr, "salt", authorization);
    }

    function test_nobody_takes_the_money_of_an_authorization_outside_the_market() public {
        Authorization memory authorization = authorizeMint(1, PRICE);
        bytes32 nonce = works.mintNonce(workId, 1, buyer.addr, "salt");
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_NotPayee.selector, relayer, address(works)));
        vm.prank(relayer);
        money.receiveWithAuthorization(
            buyer.addr, address(works), PRICE, 0, authorization.validBefore, nonce, authorization.signature
        );
    }

    function testFuzz_an_authorization_for_another_sum_than_the_price_is_refused(uint256 value) public {
        vm.assume(value != PRICE);
        Authorization memory authorization = authorizeMint(1, value);
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr));
        mintAuthorized(workId, 1, buyer.addr, "salt", authorization);
        assertEq(money.balanceOf(buyer.addr), MUCH);
    }

    function test_an_expired_authorization_is_refused() public {
        Authorization memory authorization = authorizeMint(1, PRICE);
        vm.warp(authorization.validBefore);
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_Expired.selector, timeNow(), timeNow()));
        mintAuthorized(workId, 1, buyer.addr, "salt", authorization);
    }

    function test_a_nonce_commits_to_work_quantity_recipient_and_salt_under_the_mints_own_type() public view {
        bytes32 typeHash = keccak256("Mint(uint256 workId,uint256 quantity,address recipient,bytes32 salt)");
        assertEq(works.MINT_TYPEHASH(), typeHash);
        bytes32 expected = keccak256(abi.encode(typeHash, workId, 3, stranger, bytes32("salt")));
        assertEq(works.mintNonce(workId, 3, stranger, "salt"), expected);
    }
}
