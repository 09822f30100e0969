// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Operator, Slash} from "../../src/Types.sol";
import {AdmissionActs} from "./AdmissionActs.sol";
import {KeyNetworkActs} from "./KeyNetworkActs.sol";

/// @dev Owners, operators, admissions, the gate and the key nodes against the model; numbers as in README.md.
abstract contract PowerChecks is AdmissionActs, KeyNetworkActs {
    function _checkPowers() internal {
        _promote();
        assertEq(policy.protocolFeeBps(), feeInForce.feeBps, "20: a fee is in force that was not announced");
        for (uint256 w; w < workIds.length; ++w) {
            uint256 feeBps = works.feeBpsOf(workIds[w]);
            assertEq(feeBps, models[workIds[w]].fee.feeBps, "20: a fee is taken that was not adopted");
            assertLe(feeBps, MAX_FEE_BPS, "20: a fee above its cap");
        }
        for (uint256 i; i < MARKETPLACES; ++i) {
            assertEq(
                policy.isMarketplace(marketplaces[i].account),
                _isMarketplace(i),
                "21: a marketplace without notice"
            );
        }
        for (uint256 i; i < OWNED; ++i) {
            assertEq(owned[i].owner(), ownerOf[i], "23: an owner changed by itself");
            assertEq(owned[i].offeredOwner(), offeredTo[i], "23: ownership was offered by itself");
        }
        assertTrue(operators.owner() != operators.slashedTo(), "23: who slashes is paid for it");
        _checkKeyNetwork();
    }

    function _checkKeyNetwork() private view {
        assertEq(keyNetwork.epoch(), epoch, "37: an epoch without an activation");
        assertEq(
            keccak256(abi.encode(keyNetwork.keyNodes())), membersHash, "38: key nodes that were not announced"
        );
        assertEq(keyNetwork.threshold(), thresholdOfEpoch, "38: a threshold that was not announced");
        assertEq(keyNetwork.networkKey().length, 48, "38: the network's key changed");
    }

    function _checkOperators() internal view {
        for (uint256 i; i < OPERATORS; ++i) {
            address account = nodes[i];
            (Operator memory actual, OperatorModel storage model) =
                (operators.operator(account), registry[account]);
            assertEq(actual.bondAtomic, model.bondAtomic, "26: a bond changed by itself");
            assertEq(actual.unbondingSinceSeconds, model.unbondingSince, "27: an operator unbonds by itself");
            assertEq(
                operators.isActive(account),
                _isActive(account),
                "26: an operator is active, or not, by itself"
            );
            assertEq(
                actual.lastActiveAtSeconds,
                model.lastActiveAt,
                "26: an operator was last active at another time"
            );
            assertEq(actual.sessionKey, model.sessionKey, "24: a session key changed by itself");
            assertEq(actual.paymentKey, model.paymentKey, "25: a payment key changed by itself");
            Slash memory slash = operators.slashOf(account);
            assertEq(nowSeconds < slash.lapsesAtSeconds, _isPending(account), "28: a slash nobody announced");
            assertEq(
                operators.slashedAtSeconds(account), slashes[account].lastAt, "28: a slash was forgotten"
            );
        }
        for (uint256 i; i < PAYMENT_KEYS + 2; ++i) {
            address key = _paymentKey(i, nodes[0]);
            assertEq(operators.operatorOfPaymentKey(key), paymentKeyOf[key], "25: a payment key is another's");
        }
    }

    function _checkSessionKeys() internal view {
        for (uint256 i; i < SESSION_KEYS; ++i) {
            bytes32 key = _sessionKey(i);
            address taker = keyTakenBy[key];
            assertEq(operators.sessionKeyOwner(key), taker, "24: a session key changed hands");
            address current = taker != address(0) && registry[taker].sessionKey == key ? taker : address(0);
            assertEq(operators.operatorOf(key), current, "24: a key that was rotated away still counts");
        }
    }

    function _checkAdmissions(uint256 workId) internal view {
        uint256 listed;
        for (uint256 i; i < OPERATORS; ++i) {
            SpanModel storage span = spans[workId][nodes[i]];
            assertEq(
                admissions.admittedUntilSeconds(workId, nodes[i]),
                span.untilSeconds,
                "34: an operator is admitted for longer or shorter than its work says"
            );
            bool isAccepted = admissions.acceptedAtSeconds(workId, nodes[i]) != 0;
            bool isServing = span.isAccepted && span.untilSeconds > nowSeconds;
            assertEq(isAccepted, isServing, "34: an acceptance that the operator did not give");
            if (span.untilSeconds == FOR_EVER) ++listed;
        }
        assertEq(admissions.admittedOf(workId).length, listed, "34: a list has another length");
        uint256 strandedSince = admissions.strandedSinceSeconds(workId);
        assertGe(strandedSince, servedAtLeast[workId], "35: a served work counts as stranded");
        assertLe(strandedSince, servedAtMost[workId], "35: a stranded work counts as served");
    }

    /// @dev The whole truth table of one work: every holder with every operator's key, an old key and none.
    function _checkGateOf(uint256 workId) internal view {
        for (uint256 h; h < PEOPLE + 2; ++h) {
            address holder = h < PEOPLE ? people[h] : _recipient(h + 9);
            for (uint256 i; i < OPERATORS; ++i) {
                _checkGate(holder, registry[nodes[i]].sessionKey, workId, block.chainid);
            }
            _checkGate(holder, 0, workId, block.chainid);
            _checkGate(holder, _sessionKey(h + 1), workId, block.chainid);
        }
        _checkGate(models[workId].creator, 0, workId, block.chainid + 1);
    }
}
