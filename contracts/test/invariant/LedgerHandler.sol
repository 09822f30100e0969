// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EditionChecks} from "./EditionChecks.sol";
import {ListingActs} from "./ListingActs.sol";
import {MoneyChecks} from "./MoneyChecks.sol";
import {OfferActs} from "./OfferActs.sol";
import {PowerChecks} from "./PowerChecks.sol";
import {Parts, Stage} from "./Stage.sol";
import {TimeActs} from "./TimeActs.sol";
import {TrespassActs} from "./TrespassActs.sol";

/// @dev Everything that anyone can do to the ledger, and everything that must be true of it whatever they do.
contract LedgerHandler is
    ListingActs,
    OfferActs,
    TimeActs,
    TrespassActs,
    MoneyChecks,
    EditionChecks,
    PowerChecks
{
    /// @dev Into so many parts the checks are divided; one after each call, all at the end of a run.
    uint256 public constant CHECK_PARTS = 16;

    /// @dev A lineage for {createWork}: one parent, the first work, with a share; no operators admitted.
    uint256 private constant PARENT_OF_FIRST = (3 << 250) + (1234 << 16) + 1;

    constructor(Parts memory parts) Stage(parts) {}

    /// @dev A world in which something can happen from the first call on: three works, two of them children of the
    /// first, editions in hands, operators bonded, listed and willing.
    function begin() external {
        for (uint256 i; i < 3; ++i) {
            uint256 priceAndRoyalties = (3333 << 144) + ((999 + i) << 128) + (3_333_333 << 64) + 1;
            this.createWork(i, 1, (300 << 8) + 1 + i, priceAndRoyalties, i == 0 ? 0 : PARENT_OF_FIRST);
            this.register(i, i + 1, i + 2, 150e6);
        }
        for (uint256 i; i < PEOPLE; ++i) {
            this.mint(i, i, i, 3, 1);
            this.setAdmitted(i, 1, i, 1);
            this.setAccepted(i, i, 2, 1);
        }
        assertEq(workIds.length, 3, "the world did not begin");
        _openChannels();
    }

    /// @dev One part of the checks. Works, makers and gate questions take turns by `turn`.
    function check(uint256 part, uint256 turn) external {
        vm.warp(nowSeconds);
        uint256 workId = workIds[turn % workIds.length];
        part %= CHECK_PARTS;
        if (part % 4 == 0) _checkLedgerMoney();
        else if (part % 4 == 1) _checkEditions(workId);
        else if (part % 4 == 2) _checkOrders(people[turn % PEOPLE]);
        else if (part == 3) _checkSettlementMoney();
        else if (part == 7) _checkOperators();
        else if (part == 11) _checkPowers();
        else _checkRest(workId, turn);
    }

    /// @dev All of it.
    function checkAll() external {
        vm.warp(nowSeconds);
        _checkLedgerMoney();
        _checkSplitters();
        _checkRegistryMoney();
        _checkSettlementMoney();
        _checkOperators();
        _checkSessionKeys();
        _checkPowers();
        for (uint256 i; i < PEOPLE; ++i) {
            _checkOrders(people[i]);
        }
        for (uint256 w; w < workIds.length; ++w) {
            _checkEditions(workIds[w]);
            _checkWork(workIds[w]);
            _checkAdmissions(workIds[w]);
            _checkGateOf(workIds[w]);
        }
    }

    function _checkRest(uint256 workId, uint256 turn) private view {
        if (turn % 4 == 0) _checkWork(workId);
        else if (turn % 4 == 1) _checkAdmissions(workId);
        else if (turn % 4 == 2) _checkSplitters();
        else _checkRegistryMoney();
    }

    /// @dev Acts that only sign, or that nothing can be wrong with.
    function isAlwaysLegal(bytes4 which) external pure returns (bool) {
        return which == this.list.selector || which == this.offer.selector || which == this.cancelAll.selector
            || which == this.chat.selector || which == this.collectMany.selector
            || which == this.setMood.selector || which == this.changeMarketplace.selector
            || which == this.jump.selector || which == this.jumpToDeadline.selector
            || which == this.askGate.selector;
    }

    /// @dev All acts, for the campaign and for the test that each takes place.
    function acts() external pure returns (bytes4[] memory list) {
        list = new bytes4[](66);
        uint256 n;
        list[n++] = this.createWork.selector;
        list[n++] = this.publishVersion.selector;
        list[n++] = this.confirmParent.selector;
        list[n++] = this.revokeGrantsBefore.selector;
        list[n++] = this.adoptFee.selector;
        list[n++] = this.announceFee.selector;
        list[n++] = this.withdrawFee.selector;
        list[n++] = this.announceMarketplace.selector;
        list[n++] = this.removeMarketplace.selector;
        list[n++] = this.changeMarketplace.selector;
        list[n++] = this.offerOwnership.selector;
        list[n++] = this.acceptOwnership.selector;
        list[n++] = this.mint.selector;
        list[n++] = this.mintWithPermit.selector;
        list[n++] = this.mintWithAuthorization.selector;
        list[n++] = this.cancel.selector;
        list[n++] = this.cancelAll.selector;
        list[n++] = this.list.selector;
        list[n++] = this.buy.selector;
        list[n++] = this.buyWithPermit.selector;
        list[n++] = this.buyWithAuthorization.selector;
        list[n++] = this.buyForged.selector;
        list[n++] = this.offer.selector;
        list[n++] = this.acceptOffer.selector;
        list[n++] = this.acceptOfferWithAuthorization.selector;
        list[n++] = this.openCopy.selector;
        list[n++] = this.give.selector;
        list[n++] = this.moveForAnother.selector;
        list[n++] = this.giveBatch.selector;
        list[n++] = this.approve.selector;
        list[n++] = this.chat.selector;
        list[n++] = this.collect.selector;
        list[n++] = this.collectMany.selector;
        list[n++] = this.gather.selector;
        list[n++] = this.withdraw.selector;
        list[n++] = this.gatherAndWithdraw.selector;
        list[n++] = this.setMood.selector;
        list[n++] = this.register.selector;
        list[n++] = this.update.selector;
        list[n++] = this.rotateSessionKey.selector;
        list[n++] = this.addBond.selector;
        list[n++] = this.beginUnbonding.selector;
        list[n++] = this.cancelUnbonding.selector;
        list[n++] = this.withdrawBond.selector;
        list[n++] = this.announceSlash.selector;
        list[n++] = this.withdrawSlash.selector;
        list[n++] = this.answerSlash.selector;
        list[n++] = this.executeSlash.selector;
        list[n++] = this.setAdmitted.selector;
        list[n++] = this.setAccepted.selector;
        list[n++] = this.jump.selector;
        list[n++] = this.jumpToDeadline.selector;
        list[n++] = this.askGate.selector;
        list[n++] = this.deposit.selector;
        list[n++] = this.claim.selector;
        list[n++] = this.claimWithSignature.selector;
        list[n++] = this.settle.selector;
        list[n++] = this.initiateWithdraw.selector;
        list[n++] = this.finalizeWithdraw.selector;
        list[n++] = this.refund.selector;
        list[n++] = this.refundWithSignature.selector;
        list[n++] = this.claimAndRefund.selector;
        list[n++] = this.announceMembers.selector;
        list[n++] = this.withdrawMembers.selector;
        list[n++] = this.activateMembers.selector;
        list[n++] = this.trespass.selector;
    }
}
