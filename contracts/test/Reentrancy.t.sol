// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IMarket} from "../src/interfaces/IMarket.sol";
import {IOrders} from "../src/interfaces/IOrders.sol";
import {IRoyalties} from "../src/interfaces/IRoyalties.sol";
import {Disclosure, Listing, Offer, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {ReenteringAccount} from "./ReenteringAccount.sol";

/// @dev The worst recipient: listed code that is creator, operator, buyer and holder at once, and calls back.
contract ReentrancyTest is Base {
    uint32 private constant CAP = 12;
    uint256 private constant USAGE = 10_001;

    ReenteringAccount internal account;
    uint256 internal workId;
    Listing internal listing;
    bytes internal signature;

    function setUp() public override {
        super.setUp();
        account = new ReenteringAccount();
        bytes32[] memory accountCode = new bytes32[](1);
        accountCode[0] = address(account).codehash;
        policy = deployPolicy(governor, FEE_BPS, accountCode);
        works = deployWorks(
            address(money), address(operators), treasury, address(policy), "https://edge.example"
        );
        fund(address(account));
        fund(seller.addr);

        Terms memory terms = defaultTerms();
        (terms.disclosure, terms.editionCap) = (Disclosure.Openable, CAP);
        vm.prank(address(account));
        workId = works.create("salt", terms, noParents(), nobody(), CONTENT);
        vm.prank(seller.addr);
        works.mint(workId, 4, seller.addr, type(uint256).max);
        money.mint(works.splitterOf(workId, address(account)), USAGE);
        listing = listingOf(workId, 2, PRICE / 2);
        signature = sign(seller, works.listingDigest(listing));
    }

    // ------------------------------------------------------------------ from within each hook

    function test_what_a_recipient_does_from_within_a_mint_is_counted_once() public {
        planEverything();
        account.call(address(works), mintCall(1));
        assertEverythingTookPlaceOnce(1);
    }

    function test_what_a_recipient_does_from_within_a_gift_is_counted_once() public {
        planEverything();
        vm.prank(seller.addr);
        works.safeTransferFrom(seller.addr, address(account), workId, 1, "");
        assertEverythingTookPlaceOnce(0);
    }

    function test_what_a_recipient_does_from_within_several_gifts_is_counted_once() public {
        planEverything();
        (uint256[] memory ids, uint256[] memory amounts) = (new uint256[](1), new uint256[](1));
        (ids[0], amounts[0]) = (workId, 1);
        vm.prank(seller.addr);
        works.safeBatchTransferFrom(seller.addr, address(account), ids, amounts, "");
        assertEverythingTookPlaceOnce(0);
    }

    function test_a_listing_is_not_bought_again_from_within_its_own_delivery() public {
        account.plan(address(works), buyCall());
        account.plan(address(this), abi.encodeCall(this.requireConserved, ()));
        account.call(address(works), buyCall());
        assertRefused(0, Errors.Works_NonceUsed.selector);
        assertTrue(account.attempts()[1].ok, "the sale is done when the buyer is called");
        assertEq(works.balanceOf(address(account), workId), 2);
        requireConserved();
    }

    function test_an_offer_is_not_accepted_again_from_within_its_own_delivery() public {
        Offer memory offer = offerOf(workId, 2, PRICE);
        (offer.buyer, offer.counter) = (buyer.addr, 0);
        delegateTo(buyer.addr);
        fund(buyer.addr);
        bytes memory by = sign(buyer, works.offerDigest(offer));
        ReenteringAccount hook = ReenteringAccount(buyer.addr);
        hook.plan(address(works), abi.encodeCall(IMarket.acceptOffer, (offer, by, 2, 0)));
        hook.plan(address(works), abi.encodeCall(IOrders.cancelAll, ()));
        vm.prank(seller.addr);
        works.acceptOffer(offer, by, 2, 0);
        ReenteringAccount.Attempt[] memory attempts = hook.attempts();
        assertTrue(attempts[0].made && !attempts[0].ok);
        assertEq(bytes4(attempts[0].result), Errors.Works_NonceUsed.selector);
        assertTrue(attempts[1].ok, "and what it cancels is too late for this one");
        assertEq(works.balanceOf(buyer.addr, workId), 2);
        assertEq(works.balanceOf(seller.addr, workId), 2);
    }

    /// @dev Gives a plain account EIP-7702 code that calls back.
    function delegateTo(address plain) private {
        vm.etch(plain, abi.encodePacked(hex"ef0100", address(account)));
    }

    function test_a_part_is_bought_again_from_within_and_no_more_than_the_whole() public {
        account.plan(address(works), partCall(1));
        account.plan(address(works), partCall(1));
        account.call(address(works), partCall(1));
        assertTrue(account.attempts()[0].ok);
        assertRefused(1, Errors.Works_OrderFilled.selector);
        assertEq(works.balanceOf(address(account), workId), 2);
        requireConserved();
    }

    function partCall(uint256 quantity) private view returns (bytes memory) {
        return abi.encodeCall(IMarket.buy, (listing, address(account), quantity, signature));
    }

    function test_from_within_a_hook_nothing_is_taken_twice() public {
        account.plan(address(works), mintCall(CAP - 4));
        account.plan(address(works), openCall());
        account.plan(address(works), openCall());
        account.plan(address(works), collectCall());
        account.plan(address(works), collectCall());
        account.plan(address(works), withdrawCall());
        account.plan(address(works), withdrawCall());
        account.call(address(works), mintCall(1));
        assertRefused(0, Errors.Works_SoldOut.selector);
        assertTrue(account.attempts()[1].ok);
        assertRefused(2, Errors.Works_NotEnoughEditions.selector);
        assertTrue(account.attempts()[3].ok);
        assertRefused(4, Errors.Works_NothingToCollect.selector);
        assertTrue(account.attempts()[5].ok);
        assertRefused(6, Errors.Works_NothingToWithdraw.selector);
        requireConserved();
    }

    function testFuzz_money_and_editions_are_conserved_whatever_is_called_from_within(uint8[10] memory acts)
        public
    {
        for (uint256 i; i < acts.length; ++i) {
            account.plan(address(works), actOf(acts[i]));
            account.plan(address(this), abi.encodeCall(this.requireConserved, ()));
        }
        account.call(address(works), mintCall(1));
        ReenteringAccount.Attempt[] memory attempts = account.attempts();
        for (uint256 i; i < attempts.length; ++i) {
            assertTrue(attempts[i].made);
            if (i % 2 == 1) assertTrue(attempts[i].ok, "conserved in the midst of it");
        }
        requireConserved();
    }

    // ------------------------------------------------------------------ what holds

    /// @dev The ledger holds what it owes, and every edition minted is held or was opened.
    function requireConserved() public view {
        uint256 owed = works.creditOf(address(account)) + works.creditOf(seller.addr);
        (uint256 creatorAtomic, uint256 treasuryAtomic) = works.accruedOf(workId);
        owed += works.creditOf(treasury) + creatorAtomic + treasuryAtomic;
        assertEq(money.balanceOf(address(works)), owed);
        uint256 found = works.balanceOf(address(account), workId) + works.balanceOf(seller.addr, workId);
        found += works.openedCopies(workId, address(account));
        assertEq(found, works.work(workId).minted);
        assertLe(found, CAP);
    }

    function assertEverythingTookPlaceOnce(uint256 mintedFromOutside) private view {
        ReenteringAccount.Attempt[] memory attempts = account.attempts();
        for (uint256 i; i < attempts.length; ++i) {
            assertTrue(attempts[i].made && attempts[i].ok);
        }
        requireConserved();
        uint256 minted = mintedFromOutside + 2;
        assertEq(works.work(workId).minted, 4 + minted);
        assertEq(works.openedCopies(workId, address(account)), 1);
        // It paid for what it minted and bought, and withdrew the creator's and the operator's parts.
        uint256 primary = (4 + minted) * PRICE;
        uint256 earned = primary - fee(primary) + PRICE / 10 + USAGE - 1 - fee(USAGE - 1);
        assertEq(money.balanceOf(address(account)), MUCH + earned - minted * PRICE - PRICE);
        assertEq(works.creditOf(address(account)), 0);
        assertEq(works.creditOf(treasury), fee(primary) + fee(PRICE) + fee(USAGE - 1));
        assertEq(money.balanceOf(seller.addr), 2 * MUCH - 4 * PRICE + PRICE - PRICE / 10 - fee(PRICE));
    }

    function assertRefused(uint256 index, bytes4 selector) private view {
        ReenteringAccount.Attempt memory attempt = account.attempts()[index];
        assertTrue(attempt.made && !attempt.ok);
        assertEq(bytes4(attempt.result), selector);
    }

    function fee(uint256 amount) private pure returns (uint256) {
        return amount * FEE_BPS / 10_000;
    }

    // ------------------------------------------------------------------ calls

    function planEverything() private {
        account.plan(address(works), mintCall(2));
        account.plan(address(works), buyCall());
        account.plan(address(works), openCall());
        account.plan(address(works), collectCall());
        account.plan(address(works), withdrawCall());
    }

    function actOf(uint8 act) private view returns (bytes memory) {
        if (act % 5 == 0) return mintCall(act % 4 + 1);
        if (act % 5 == 1) return buyCall();
        if (act % 5 == 2) return openCall();
        return act % 5 == 3 ? collectCall() : withdrawCall();
    }

    function mintCall(uint256 quantity) private view returns (bytes memory) {
        return abi.encodeCall(IMarket.mint, (workId, quantity, address(account), type(uint256).max));
    }

    function buyCall() private view returns (bytes memory) {
        return abi.encodeCall(IMarket.buy, (listing, address(account), 2, signature));
    }

    function openCall() private view returns (bytes memory) {
        return abi.encodeCall(IEditions.openCopy, (workId));
    }

    function collectCall() private view returns (bytes memory) {
        return abi.encodeCall(IRoyalties.collect, (workId, address(account)));
    }

    function withdrawCall() private view returns (bytes memory) {
        uint256[] memory ids = new uint256[](1);
        ids[0] = workId;
        return abi.encodeCall(ICredits.gatherAndWithdraw, (ids, address(account)));
    }
}
