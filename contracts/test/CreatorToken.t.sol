// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IEditions} from "../src/interfaces/IEditions.sol";
import {IMoney} from "../src/interfaces/IMoney.sol";
import {IPolicy} from "../src/interfaces/IPolicy.sol";
import {Base, Errors} from "./Base.sol";
import {ILedger} from "./ILedger.sol";
import {RoyaltyEvader, RoyaltyMarketplace} from "./RoyaltyMarketplace.sol";
import {SmartAccount, Wrapper} from "./SmartAccount.sol";

interface IValidator721 {
    function validateTransfer(address caller, address from, address to, uint256 tokenId) external view;
}

interface IValidator1155 {
    function validateTransfer(address caller, address from, address to, uint256 tokenId, uint256 amount)
        external
        view;
}

/// @dev Other marketplaces: how they come onto the list and leave it, what they can do, and what the ledger tells them.
contract CreatorTokenTest is Base {
    uint64 internal constant NOTICE = 48 hours;

    uint256 internal workId;
    RoyaltyMarketplace internal market;

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 10);
        market = new RoyaltyMarketplace(works, IMoney(address(money)));
        vm.prank(buyer.addr);
        money.approve(address(market), type(uint256).max);
    }

    function announce(address account) internal returns (uint64 effectiveAtSeconds) {
        vm.prank(governor);
        policy.announceMarketplace(account);
        return timeNow() + NOTICE;
    }

    function remove(address account) internal returns (uint64 effectiveAtSeconds) {
        vm.prank(governor);
        policy.removeMarketplace(account);
        return timeNow() + NOTICE;
    }

    function list() internal {
        vm.warp(announce(address(market)));
        vm.prank(seller.addr);
        works.setApprovalForAll(address(market), true);
    }

    function refusesTransfer() internal {
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NotMarketplace.selector, address(market)));
        market.settle(seller.addr, buyer.addr, workId, 1, 100e6);
    }

    // ------------------------------------------------------------------ onto the list and off it

    function test_refuses_everyone_but_the_owner_to_change_the_list() public {
        bytes memory refusal = abi.encodeWithSelector(Errors.Owned_NotOwner.selector, address(this), governor);
        vm.expectRevert(refusal);
        policy.announceMarketplace(address(market));
        vm.expectRevert(refusal);
        policy.removeMarketplace(address(market));
    }

    function test_refuses_accounts_without_code_of_their_own() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Policy_NotContract.selector, stranger));
        announce(stranger);
        delegate(stranger);
        vm.expectRevert(abi.encodeWithSelector(Errors.Policy_NotContract.selector, stranger));
        announce(stranger);
    }

    function test_the_list_starts_empty_and_a_marketplace_joins_after_forty_eight_hours() public {
        assertFalse(policy.isMarketplace(address(market)));
        vm.expectEmit(address(policy));
        emit IPolicy.MarketplaceAnnounced(address(market), address(market).codehash, timeNow() + NOTICE);
        uint64 sinceSeconds = announce(address(market));
        vm.warp(sinceSeconds - 1);
        assertFalse(policy.isMarketplace(address(market)));
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_NotMarketplace.selector, address(market)));
        vm.prank(seller.addr);
        works.setApprovalForAll(address(market), true);
        vm.warp(sinceSeconds);
        assertTrue(policy.isMarketplace(address(market)));
        (bytes32 codeHash, uint64 since, uint64 until) = policy.marketplace(address(market));
        assertEq(codeHash, address(market).codehash);
        assertEq(since, sinceSeconds);
        assertEq(until, type(uint64).max);
    }

    function test_announcing_what_is_listed_is_refused_so_that_it_is_not_suspended() public {
        uint64 sinceSeconds = announce(address(market));
        bytes memory refusal = abi.encodeWithSelector(
            Errors.Policy_AlreadyAnnounced.selector, address(market), sinceSeconds, type(uint64).max
        );
        vm.expectRevert(refusal);
        announce(address(market));
        vm.warp(sinceSeconds);
        vm.expectRevert(refusal);
        announce(address(market));
    }

    function test_a_removal_takes_forty_eight_hours_and_another_listing_waits_anew() public {
        list();
        uint64 untilSeconds = timeNow() + NOTICE;
        vm.expectEmit(address(policy));
        emit IPolicy.MarketplaceRemoved(address(market), untilSeconds);
        remove(address(market));
        vm.warp(untilSeconds - 1);
        assertTrue(policy.isMarketplace(address(market)));
        vm.warp(untilSeconds);
        assertFalse(policy.isMarketplace(address(market)));
        refusesTransfer();
        uint64 sinceSeconds = announce(address(market));
        vm.warp(sinceSeconds - 1);
        assertFalse(policy.isMarketplace(address(market)));
        vm.warp(sinceSeconds);
        market.settle(seller.addr, buyer.addr, workId, 1, 100e6);
    }

    function test_refuses_to_remove_what_is_not_listed_or_is_removed_already() public {
        bytes memory refusal = abi.encodeWithSelector(Errors.Policy_NotMarketplace.selector, address(market));
        vm.expectRevert(refusal);
        remove(address(market));
        list();
        remove(address(market));
        vm.expectRevert(refusal);
        remove(address(market));
    }

    function test_an_announcement_that_is_taken_back_before_it_holds_never_holds() public {
        uint64 sinceSeconds = announce(address(market));
        vm.warp(sinceSeconds - 1);
        vm.expectEmit(address(policy));
        emit IPolicy.MarketplaceRemoved(address(market), timeNow());
        remove(address(market));
        assertFalse(policy.isMarketplace(address(market)));
        vm.warp(sinceSeconds);
        assertFalse(policy.isMarketplace(address(market)));
        // Announced once more, it waits like any other.
        sinceSeconds = announce(address(market));
        vm.warp(sinceSeconds - 1);
        assertFalse(policy.isMarketplace(address(market)));
        vm.warp(sinceSeconds);
        assertTrue(policy.isMarketplace(address(market)));
    }

    function test_from_the_second_that_it_holds_a_listing_ends_with_notice_only() public {
        vm.warp(announce(address(market)));
        uint64 untilSeconds = remove(address(market));
        vm.warp(untilSeconds - 1);
        assertTrue(policy.isMarketplace(address(market)));
        vm.warp(untilSeconds);
        assertFalse(policy.isMarketplace(address(market)));
    }

    // ------------------------------------------------------------------ what a listed marketplace does

    function test_a_listed_marketplace_settles_a_sale_and_the_creator_has_the_royalty() public {
        list();
        (uint256 sellerBefore, uint256 creatorBefore) =
            (money.balanceOf(seller.addr), money.balanceOf(creator.addr));
        market.settle(seller.addr, buyer.addr, workId, 2, 100e6);
        assertEq(works.balanceOf(buyer.addr, workId), 2);
        assertEq(money.balanceOf(creator.addr) - creatorBefore, 10e6);
        assertEq(money.balanceOf(seller.addr) - sellerBefore, 90e6);
    }

    function test_a_marketplace_moves_nothing_without_the_holders_approval() public {
        vm.warp(announce(address(market)));
        vm.expectRevert(ILedger.NotOwnerNorApproved.selector);
        market.settle(seller.addr, buyer.addr, workId, 1, 100e6);
        vm.startPrank(seller.addr);
        works.setApprovalForAll(address(market), true);
        assertTrue(works.isApprovedForAll(seller.addr, address(market)));
        works.setApprovalForAll(address(market), false);
        vm.stopPrank();
        assertFalse(works.isApprovedForAll(seller.addr, address(market)));
        vm.expectRevert(ILedger.NotOwnerNorApproved.selector);
        market.settle(seller.addr, buyer.addr, workId, 1, 100e6);
    }

    function test_code_that_changed_behind_a_listed_address_moves_nothing() public {
        list();
        bytes memory honest = address(market).code;
        RoyaltyEvader evader = new RoyaltyEvader(works, IMoney(address(money)));
        vm.etch(address(market), address(evader).code);
        assertFalse(policy.isMarketplace(address(market)));
        refusesTransfer();
        // Its new code is announced like any other, and waits.
        uint64 sinceSeconds = announce(address(market));
        vm.warp(sinceSeconds - 1);
        refusesTransfer();
        // By then the old code is no longer the one that was announced.
        vm.etch(address(market), honest);
        vm.warp(sinceSeconds);
        refusesTransfer();
    }

    function test_a_listed_marketplace_delivers_to_no_contract_that_may_not_hold() public {
        list();
        address wrapper = address(new Wrapper());
        money.mint(wrapper, 100e6);
        vm.prank(wrapper);
        money.approve(address(market), 100e6);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.Works_RecipientIsContract.selector, wrapper, wrapper.codehash)
        );
        market.settle(seller.addr, wrapper, workId, 1, 100e6);
    }

    // ------------------------------------------------------------------ what the ledger tells them

    function test_names_the_policy_as_its_validator_for_ever() public {
        assertEq(works.getTransferValidator(), address(policy));
        assertEq(works.policy(), address(policy));
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_ValidatorIsFixed.selector, address(policy)));
        vm.prank(creator.addr);
        works.setTransferValidator(stranger);
        vm.expectRevert(abi.encodeWithSelector(Errors.Works_ValidatorIsFixed.selector, address(policy)));
        vm.prank(governor);
        works.setTransferValidator(address(0));
    }

    function test_names_the_function_that_validates_and_that_it_changes_nothing() public view {
        (bytes4 selector, bool isView) = works.getTransferValidationFunction();
        assertEq(selector, IValidator1155.validateTransfer.selector);
        assertEq(selector, bytes4(0x1854b241));
        assertTrue(isView);
    }

    function test_the_interface_of_creator_tokens_is_made_of_these_three_calls() public view {
        bytes4 id = IEditions.getTransferValidator.selector ^ IEditions.setTransferValidator.selector
            ^ IEditions.getTransferValidationFunction.selector;
        assertEq(id, bytes4(0xad0d7f6c));
        assertTrue(works.supportsInterface(id));
    }

    function moves(address caller, address from, address to) internal returns (bool ok) {
        bytes memory data = abi.encodeCall(works.safeTransferFrom, (from, to, workId, 1, ""));
        vm.prank(caller);
        (ok,) = address(works).call(data);
    }

    function validates(address caller, address from, address to) internal view returns (bool) {
        bytes memory data =
            abi.encodeCall(IValidator1155.validateTransfer, (caller, from, to, workId, uint256(1)));
        (bool ok,) = address(policy).staticcall(data);
        data = abi.encodeCall(IValidator721.validateTransfer, (caller, from, to, workId));
        (bool ok721,) = address(policy).staticcall(data);
        assertEq(ok, ok721, "both shapes answer alike");
        return ok;
    }

    function testFuzz_the_validator_says_what_the_ledger_does(uint8 who, uint8 whom, uint32 hoursLater)
        public
    {
        RoyaltyMarketplace removed = new RoyaltyMarketplace(works, IMoney(address(money)));
        list();
        vm.warp(announce(address(removed)));
        vm.prank(seller.addr);
        works.setApprovalForAll(address(removed), true);
        remove(address(removed));
        vm.warp(timeNow() + uint256(hoursLater % 100) * 1 hours);

        delegate(stranger);
        address changed = address(new RoyaltyMarketplace(works, IMoney(address(money))));
        address[6] memory callers =
            [seller.addr, address(market), address(removed), changed, stranger, buyer.addr];
        address[6] memory recipients = [
            buyer.addr,
            stranger,
            address(new SmartAccount()),
            address(new Wrapper()),
            address(market),
            address(0)
        ];
        (address caller, address to) = (callers[who % 6], recipients[whom % 6]);
        bool said = validates(caller, seller.addr, to);
        assertEq(moves(caller, seller.addr, to), said);
    }

    function test_the_validator_names_who_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Policy_NotMarketplace.selector, stranger));
        policy.validateTransfer(stranger, seller.addr, buyer.addr, workId, 1);
        address wrapper = address(new Wrapper());
        vm.expectRevert(abi.encodeWithSelector(Errors.Policy_MayNotHold.selector, wrapper, wrapper.codehash));
        policy.validateTransfer(seller.addr, seller.addr, wrapper, workId);
    }

    function test_the_validator_lets_nobody_send_to_nobody() public {
        vm.expectRevert(Errors.Policy_ZeroRecipient.selector);
        policy.validateTransfer(seller.addr, seller.addr, address(0), workId, 1);
        vm.expectRevert(Errors.Policy_ZeroRecipient.selector);
        policy.validateTransfer(stranger, seller.addr, address(0), workId);
        assertFalse(moves(seller.addr, seller.addr, address(0)));
    }
}
