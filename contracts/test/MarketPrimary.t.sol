// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarket} from "../src/interfaces/IMarket.sol";
import {Authorization, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {Wrapper} from "./SmartAccount.sol";

contract MarketPrimaryTest is Base {
    uint256 internal workId;

    function setUp() public override {
        super.setUp();
        workId = createWork();
    }

    function authorizeMint(uint256 quantity, uint256 value) internal view returns (Authorization memory) {
        return authorize(buyer, address(works), value, works.mintNonce(workId, quantity, "salt"));
    }

    // ------------------------------------------------------------------ by allowance

    function test_a_mint_costs_its_price_and_credits_creator_and_protocol() public {
        vm.expectEmit(address(works));
        emit IMarket.Minted(workId, stranger, 2, 50e6);
        vm.prank(buyer.addr);
        works.mint(workId, 2, stranger, 50e6);
        assertEq(works.balanceOf(stranger, workId), 2);
        assertEq(works.work(workId).minted, 2);
        assertEq(money.balanceOf(buyer.addr), MUCH - 50e6);
        assertEq(works.creditOf(treasury), 1.25e6);
        assertEq(works.creditOf(creator.addr), 48.75e6);
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
        vm.stopPrank();
    }

    function test_a_mint_reverts_as_a_whole_without_allowance() public {
        vm.expectRevert();
        vm.prank(stranger);
        works.mint(workId, 1, stranger, MUCH);
        assertEq(works.work(workId).minted, 0);
        assertEq(works.creditOf(creator.addr), 0);
    }

    function test_a_free_work_is_free() public {
        Terms memory terms = defaultTerms();
        terms.priceAtomic = 0;
        uint256 freeId = createWork("free", terms, noParents(), nobody());
        vm.prank(stranger);
        money.approve(address(works), 0);
        vm.prank(stranger);
        works.mint(freeId, 3, stranger, 0);
        assertEq(works.balanceOf(stranger, freeId), 3);
    }

    function testFuzz_the_dearest_mint_does_not_overflow(uint48 price, uint32 quantity) public {
        vm.assume(quantity != 0);
        Terms memory terms = defaultTerms();
        (terms.priceAtomic, terms.editionCap) = (price, type(uint32).max);
        uint256 dearId = createWork("dear", terms, noParents(), nobody());
        uint256 cost = uint256(price) * quantity;
        money.mint(buyer.addr, cost);
        vm.prank(buyer.addr);
        works.mint(dearId, quantity, buyer.addr, cost);
        assertEq(works.creditOf(creator.addr) + works.creditOf(treasury), cost);
        assertEq(works.creditOf(treasury), cost * FEE_BPS / 10_000);
    }

    // ------------------------------------------------------------------ by authorization

    function test_a_buyer_who_only_signs_gets_the_edition_whoever_sends() public {
        Authorization memory authorization = authorizeMint(2, 50e6);
        vm.prank(relayer);
        works.mintWithAuthorization(workId, 2, "salt", authorization);
        assertEq(works.balanceOf(buyer.addr, workId), 2);
        assertEq(works.balanceOf(relayer, workId), 0);
        assertEq(money.balanceOf(buyer.addr), MUCH - 50e6);
    }

    function test_an_authorized_mint_cannot_be_replayed() public {
        Authorization memory authorization = authorizeMint(2, 50e6);
        works.mintWithAuthorization(workId, 2, "salt", authorization);
        bytes32 nonce = works.mintNonce(workId, 2, "salt");
        vm.expectRevert(
            abi.encodeWithSelector(Errors.TestMoney_AuthorizationUsed.selector, buyer.addr, nonce)
        );
        works.mintWithAuthorization(workId, 2, "salt", authorization);
    }

    function test_a_relayer_cannot_change_quantity_work_or_salt() public {
        Authorization memory authorization = authorizeMint(2, 50e6);
        bytes memory refusal = abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr);
        uint256 otherId = createWork("other", defaultTerms(), noParents(), nobody());
        vm.startPrank(relayer);
        vm.expectRevert(refusal);
        works.mintWithAuthorization(workId, 1, "salt", authorization);
        vm.expectRevert(refusal);
        works.mintWithAuthorization(otherId, 2, "salt", authorization);
        vm.expectRevert(refusal);
        works.mintWithAuthorization(workId, 2, "pepper", authorization);
        vm.stopPrank();
    }

    function test_a_relayer_cannot_redirect_the_edition() public {
        Authorization memory authorization = authorizeMint(1, 25e6);
        authorization.from = relayer;
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, relayer));
        vm.prank(relayer);
        works.mintWithAuthorization(workId, 1, "salt", authorization);
    }

    function test_nobody_takes_the_money_of_an_authorization_outside_the_market() public {
        Authorization memory authorization = authorizeMint(1, 25e6);
        bytes32 nonce = works.mintNonce(workId, 1, "salt");
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_NotPayee.selector, relayer, address(works)));
        vm.prank(relayer);
        money.receiveWithAuthorization(
            buyer.addr, address(works), 25e6, 0, authorization.validBefore, nonce, authorization.signature
        );
    }

    function test_an_authorization_for_another_price_is_refused() public {
        Authorization memory authorization = authorizeMint(1, 25e6 - 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, buyer.addr));
        works.mintWithAuthorization(workId, 1, "salt", authorization);
    }

    function test_an_expired_authorization_is_refused() public {
        Authorization memory authorization = authorizeMint(1, 25e6);
        vm.warp(authorization.validBefore);
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_Expired.selector, timeNow(), timeNow()));
        works.mintWithAuthorization(workId, 1, "salt", authorization);
    }
}
