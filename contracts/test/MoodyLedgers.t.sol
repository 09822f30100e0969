// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {ICredits} from "../src/interfaces/ICredits.sol";
import {IMarket} from "../src/interfaces/IMarket.sol";
import {IOrders} from "../src/interfaces/IOrders.sol";
import {IRoyalties} from "../src/interfaces/IRoyalties.sol";
import {Authorization, Listing, Offer, Permit} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";
import {MoodyMoney} from "./MoodyMoney.sol";
import {ReenteringAccount} from "./ReenteringAccount.sol";
import {UnrulyMoney} from "./UnrulyMoney.sol";

/// @dev The ledger on money that is not what it asks for. Where it trusts the money, a test says what is lost and what is
/// not.
contract MoodyLedgersTest is Base {
    uint256 internal constant COLLECT = 7;

    uint256 internal workId;
    Listing internal listing;
    bytes internal listed;
    Offer internal offer;
    bytes internal offered;
    UnrulyMoney internal unruly;
    ReenteringAccount internal accomplice;

    function newMoney() internal override returns (MoodyMoney) {
        unruly = new UnrulyMoney();
        return unruly;
    }

    function setUp() public override {
        super.setUp();
        workId = createWork();
        give(seller.addr, workId, 9);
        listing = listingOf(workId, 2, PRICE);
        listed = sign(seller, works.listingDigest(listing));
        offer = offerOf(workId, 2, PRICE);
        offered = sign(buyer, works.offerDigest(offer));
        accomplice = new ReenteringAccount();
        fund(address(accomplice));
    }

    function mint() internal {
        vm.prank(buyer.addr);
        works.mint(workId, 1, buyer.addr, PRICE);
    }

    function buy() internal {
        vm.prank(buyer.addr);
        works.buy(listing, buyer.addr, 2, listed);
    }

    function accept() internal {
        vm.prank(seller.addr);
        works.acceptOffer(offer, offered, 2, 0);
    }

    function ids() internal view returns (uint256[] memory all) {
        all = new uint256[](1);
        all[0] = workId;
    }

    function owed() internal view returns (uint256 sum) {
        (uint256 ofCreator, uint256 ofTreasury) = works.accruedOf(workId);
        sum = ofCreator + ofTreasury + works.creditOf(creator.addr) + works.creditOf(treasury);
        sum += works.creditOf(seller.addr) + works.creditOf(node) + works.creditOf(address(accomplice));
    }

    // ------------------------------------------------------------------ a part of each transfer is kept

    /// @dev Lost: what the money kept, by whoever withdraws last. Not lost: editions, and what was withdrawn before.
    function test_a_money_that_keeps_a_part_costs_the_last_to_withdraw_and_nobody_an_edition() public {
        unruly.setKeep(100);
        uint256 before = money.balanceOf(address(works));
        mint();
        assertEq(money.balanceOf(address(works)) - before, PRICE - PRICE / 100);
        assertEq(owed(), before + PRICE, "the ledger owes what was paid, not what came");
        assertEq(works.balanceOf(buyer.addr, workId), 1);
        works.gather(ids());
        uint256 due = works.creditOf(creator.addr);
        vm.prank(creator.addr);
        works.withdraw(creator.addr);
        assertEq(money.balanceOf(creator.addr), due - due / 100);
        vm.expectRevert(SafeTransferLib.TransferFailed.selector);
        vm.prank(treasury);
        works.withdraw(treasury);
        assertGt(works.creditOf(treasury), 0, "still owed");
        money.mint(address(works), PRICE / 100);
        vm.prank(treasury);
        works.withdraw(treasury);
        assertEq(owed(), 0, "a gift of what is missing mends it");
    }

    function testFuzz_a_money_that_keeps_a_part_never_makes_the_ledger_pay_more_than_it_owes(uint16 bps)
        public
    {
        unruly.setKeep(bound(bps, 0, 10_000));
        uint256 before = money.balanceOf(seller.addr);
        uint256 owedBefore = owed();
        buy();
        uint256 each = PRICE - PRICE / 10 - uint256(PRICE) * FEE_BPS / 10_000;
        assertLe(money.balanceOf(seller.addr) - before, 2 * each);
        assertEq(owed() - owedBefore + 2 * each, 2 * PRICE);
        assertEq(works.balanceOf(buyer.addr, workId), 2);
    }

    // ------------------------------------------------------------------ it says no

    function test_a_money_that_says_no_to_a_pull_sells_nothing() public {
        unruly.setRefusesPulls(true);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        mint();
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        buy();
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        accept();
        assertEq(works.balanceOf(buyer.addr, workId), 0);
        assertFalse(works.isNonceUsed(seller.addr, listing.nonce));
        assertFalse(works.isNonceUsed(buyer.addr, offer.nonce));
        unruly.setRefusesPulls(false);
        buy();
        accept();
    }

    /// @dev Lost: the proceeds, paid and credited, out of what others are owed. Such money must not be chosen.
    function test_a_money_that_pays_and_says_no_pays_a_seller_twice_and_nobody_more() public {
        unruly.setAnswer(UnrulyMoney.Answer.PaysAndSaysNo);
        uint256 held = money.balanceOf(address(works));
        buy();
        uint256 proceeds = works.creditOf(seller.addr);
        assertEq(money.balanceOf(seller.addr), MUCH + proceeds);
        assertEq(owed() - proceeds, held + 2 * PRICE - proceeds, "what others are owed is unchanged");
    }

    function test_a_money_that_says_nothing_or_much_beside_yes_has_paid() public {
        unruly.setAnswer(UnrulyMoney.Answer.SaysNothing);
        buy();
        assertEq(works.creditOf(seller.addr), 0);
        unruly.setAnswer(UnrulyMoney.Answer.SaysMuch);
        accept();
        assertEq(works.creditOf(seller.addr), 0);
        assertEq(owed(), money.balanceOf(address(works)));
    }

    // ------------------------------------------------------------------ it blocks accounts

    function test_a_blocked_seller_is_credited_and_takes_its_money_elsewhere() public {
        unruly.setBlocked(seller.addr, true);
        buy();
        accept();
        uint256 credit = works.creditOf(seller.addr);
        assertEq(credit, 87.5e6);
        vm.expectRevert(SafeTransferLib.TransferFailed.selector);
        vm.prank(seller.addr);
        works.withdraw(seller.addr);
        vm.prank(seller.addr);
        works.withdraw(stranger);
        assertEq(money.balanceOf(stranger), credit);
    }

    function test_a_blocked_buyer_buys_nothing_and_its_offers_stand() public {
        unruly.setBlocked(buyer.addr, true);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        buy();
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        accept();
        Authorization memory by = authorize(buyer, address(works), 2 * PRICE, works.offerDigest(offer));
        vm.expectRevert(abi.encodeWithSelector(MoodyMoney.Refused.selector, buyer.addr));
        vm.prank(seller.addr);
        works.acceptOfferWithAuthorization(offer, 0, by);
        assertFalse(works.isNonceUsed(buyer.addr, offer.nonce));
    }

    function test_a_blocked_creator_or_treasury_stops_no_sale_and_nobody_elses_money() public {
        unruly.setBlocked(creator.addr, true);
        unruly.setBlocked(treasury, true);
        mint();
        buy();
        accept();
        money.mint(works.splitterOf(workId, node), 10_001);
        works.collect(workId, node);
        uint256 credit = works.creditOf(node);
        vm.prank(node);
        assertEq(works.withdraw(stranger), credit);
        works.gather(ids());
        vm.prank(creator.addr);
        works.withdraw(stranger);
    }

    /// @dev Lost: nothing, while it lasts nobody is paid and nothing sold. Gifts and cancelling go on.
    function test_a_blocked_ledger_sells_and_pays_nothing_and_owes_all_of_it() public {
        buy();
        uint256 before = owed();
        unruly.setBlocked(address(works), true);
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        mint();
        works.gather(ids());
        vm.expectRevert(SafeTransferLib.TransferFailed.selector);
        vm.prank(creator.addr);
        works.withdraw(creator.addr);
        vm.prank(seller.addr);
        works.safeTransferFrom(seller.addr, stranger, workId, 1, "");
        vm.prank(seller.addr);
        works.cancelAll();
        assertEq(owed(), before);
        unruly.setBlocked(address(works), false);
        vm.prank(creator.addr);
        works.withdraw(creator.addr);
        vm.prank(treasury);
        works.withdraw(treasury);
        assertEq(owed(), 0);
    }

    // ------------------------------------------------------------------ it lets others act in between

    function test_whoever_acts_in_the_midst_of_any_payment_finds_the_sale_done_and_takes_nothing_twice()
        public
    {
        for (uint256 way; way < 9; ++way) {
            if (way == COLLECT) continue;
            uint256 snapshot = vm.snapshotState();
            planEverything();
            this.pay(way);
            UnrulyMoney.Attempt[] memory made = unruly.attempts();
            assertTrue(made[0].made, "the money was called");
            assertConserved();
            assertFalse(made[3].ok && made[4].ok, "one listing, one sale");
            vm.revertToState(snapshot);
        }
    }

    /// @dev Within the transfer the splitter still holds what moves, so the second collection is counted, but the money
    /// is not there twice and the whole call fails.
    function test_a_royalty_collected_again_while_it_is_collected_fails_as_a_whole() public {
        planAct(5);
        uint256 before = owed();
        vm.expectRevert(SafeTransferLib.TransferFailed.selector);
        this.pay(COLLECT);
        assertEq(owed(), before);
        assertConserved();
    }

    function test_the_listing_that_is_being_paid_is_not_bought_in_between() public {
        planAct(3);
        buy();
        UnrulyMoney.Attempt memory made = unruly.attempts()[0];
        assertTrue(made.made && !made.ok);
        assertEq(bytes4(made.result), Errors.Works_NonceUsed.selector);
        assertConserved();
    }

    function testFuzz_money_and_editions_are_conserved_whatever_is_called_in_between(
        uint8 way,
        uint8[4] memory acts
    ) public {
        for (uint256 i; i < acts.length; ++i) {
            planAct(acts[i] % 6);
        }
        way = way % 9;
        try this.pay(way) {}
        catch (bytes memory reason) {
            assertEq(way, COLLECT);
            assertEq(bytes4(reason), SafeTransferLib.TransferFailed.selector);
        }
        assertConserved();
    }

    /// @dev Every way in which the ledger calls the money.
    function pay(uint256 way) external {
        if (way == 0) return mint();
        if (way == 1) return buy();
        if (way == 2) return accept();
        if (way == 3) return payByPermit();
        if (way == 4) return payMintByAuthorization();
        if (way == 5) return payBuyByAuthorization();
        if (way == 6) return payOfferByAuthorization();
        if (way == COLLECT) {
            money.mint(works.splitterOf(workId, node), 10_001);
            works.collect(workId, node);
            return;
        }
        vm.prank(creator.addr);
        works.gatherAndWithdraw(ids(), creator.addr);
    }

    function payByPermit() internal {
        Permit memory permit = permitOf(buyer, PRICE);
        vm.prank(buyer.addr);
        works.mintWithPermit(workId, 1, buyer.addr, PRICE, permit);
    }

    function payMintByAuthorization() internal {
        bytes32 nonce = works.mintNonce(workId, 1, buyer.addr, "salt");
        Authorization memory by = authorize(buyer, address(works), PRICE, nonce);
        works.mintWithAuthorization(workId, 1, buyer.addr, "salt", by);
    }

    function payBuyByAuthorization() internal {
        bytes32 nonce = works.purchaseNonce(works.listingDigest(listing), 2, buyer.addr, "salt");
        Authorization memory by = authorize(buyer, address(works), 2 * PRICE, nonce);
        works.buyWithAuthorization(listing, buyer.addr, 2, listed, by, "salt");
    }

    function payOfferByAuthorization() internal {
        Authorization memory by = authorize(buyer, address(works), 2 * PRICE, works.offerDigest(offer));
        vm.prank(seller.addr);
        works.acceptOfferWithAuthorization(offer, 0, by);
    }

    function planEverything() internal {
        for (uint256 act; act < 4; ++act) {
            planAct(act);
        }
        planAct(3);
        planAct(4);
        planAct(5);
    }

    function planAct(uint256 act) internal {
        bytes memory call;
        if (act == 0) call = abi.encodeCall(IMarket.mint, (workId, 1, stranger, PRICE));
        if (act == 1) call = abi.encodeCall(ICredits.gather, (ids()));
        if (act == 2) call = abi.encodeCall(IOrders.cancelAll, ());
        if (act == 3) call = abi.encodeCall(IMarket.buy, (listing, stranger, 2, listed));
        if (act == 4) call = abi.encodeCall(ICredits.withdraw, (stranger));
        if (act == 5) call = abi.encodeCall(IRoyalties.collect, (workId, node));
        unruly.plan(accomplice, address(works), call);
    }

    function assertConserved() internal view {
        assertEq(money.balanceOf(address(works)), owed(), "the ledger holds what it owes");
        uint256 found = works.balanceOf(seller.addr, workId) + works.balanceOf(buyer.addr, workId);
        found += works.balanceOf(stranger, workId) + works.balanceOf(address(accomplice), workId);
        assertEq(found, works.work(workId).minted, "every edition is somebody's");
    }
}
