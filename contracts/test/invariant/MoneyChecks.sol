// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ChannelActs} from "./ChannelActs.sol";
import {AdmissionActs} from "./AdmissionActs.sol";

/// @dev What contracts hold against what they owe, to the unit; numbers as in README.md.
abstract contract MoneyChecks is AdmissionActs, ChannelActs {
    function _checkLedgerMoney() internal view {
        uint256 sum;
        uint256 accruedToTreasury;
        for (uint256 w; w < workIds.length; ++w) {
            (uint256 creatorAtomic, uint256 treasuryAtomic) = works.accruedOf(workIds[w]);
            sum += creatorAtomic + treasuryAtomic;
            accruedToTreasury += treasuryAtomic;
        }
        for (uint256 i; i < PEOPLE; ++i) {
            sum += works.creditOf(people[i]);
            assertEq(_dueTo(people[i]), owed[people[i]], "2: a person is owed more or less than it earned");
        }
        for (uint256 i; i < OPERATORS; ++i) {
            sum += works.creditOf(nodes[i]);
            assertEq(
                works.creditOf(nodes[i]), owed[nodes[i]], "2: an operator is owed more or less than it earned"
            );
        }
        uint256 treasuryCredit = works.creditOf(treasury);
        assertEq(treasuryCredit + accruedToTreasury, owed[treasury], "2: the treasury is owed more or less");
        assertEq(
            money.balanceOf(address(works)),
            sum + treasuryCredit,
            "1: the ledger holds more or less than it owes"
        );
        assertEq(
            paidAtomic,
            toSellersAtomic + toCreatorsAtomic + toParentsAtomic + toOperatorsAtomic + toProtocolAtomic,
            "6: the shares are not the payments"
        );
    }

    function _checkSplitters() internal view {
        for (uint256 w; w < workIds.length; ++w) {
            for (uint256 i; i < OPERATORS; ++i) {
                assertEq(
                    money.balanceOf(works.splitterOf(workIds[w], nodes[i])),
                    splitterAtomic[workIds[w]][nodes[i]],
                    "5: a splitter holds more or less than came and was not collected"
                );
            }
        }
    }

    function _checkRegistryMoney() internal view {
        uint256 sum;
        for (uint256 i; i < OPERATORS; ++i) {
            sum += operators.operator(nodes[i]).bondAtomic;
        }
        assertEq(
            money.balanceOf(address(operators)), sum, "3: the registry holds more or less than its bonds"
        );
        // Nothing else is ever sent there: the treasury withdraws to others.
        assertEq(money.balanceOf(treasury), slashedAtomic, "29: slashes went elsewhere");
    }

    function _checkSettlementMoney() internal view {
        uint256 sum;
        for (uint256 i; i < CHANNELS; ++i) {
            (uint128 balance, uint128 claimed) = settlement.channels(channelIds[i]);
            assertEq(balance, channels[i].balance, "39: a channel's balance is not what came less what left");
            assertEq(claimed, channels[i].claimed, "39: a channel's claims are not those that were made");
            assertLe(claimed, balance, "39: more is claimed than there is");
            assertEq(
                settlement.refundNonce(channelIds[i]), channels[i].refunds, "41: a refund's nonce jumped"
            );
            sum += balance - claimed;
            // The last channel has a receiver of its own.
            if (i == 0 || i == CHANNELS - 1) sum += _checkReceiver(configs[i].receiver);
        }
        assertEq(money.balanceOf(address(settlement)), sum, "4: channels hold more or less than they owe");
        assertEq(money.balanceOf(collector), 0, "4: a collector kept something");
    }

    function _checkReceiver(address receiver) private view returns (uint256 dueAtomic) {
        (uint128 claimed, uint128 settled) = settlement.receivers(receiver, address(money));
        dueAtomic = claimed - settled;
        assertEq(dueAtomic, unsettled[receiver], "4: a receiver is owed more or less than was claimed");
    }

    /// @dev Credited to a person, or still in the tills of its works.
    function _dueTo(address person) private view returns (uint256 dueAtomic) {
        dueAtomic = works.creditOf(person);
        for (uint256 w; w < workIds.length; ++w) {
            if (models[workIds[w]].creator != person) continue;
            (uint256 creatorAtomic,) = works.accruedOf(workIds[w]);
            dueAtomic += creatorAtomic;
        }
    }
}
