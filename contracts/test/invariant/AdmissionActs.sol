// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAdmissions} from "../../src/interfaces/IAdmissions.sol";
import {Admission} from "../../src/Types.sol";
import {EditionActs} from "./EditionActs.sol";
import {SlashActs} from "./SlashActs.sol";

/// @dev Creators list operators, operators accept, the clock runs, and the gate is asked. When a work was last served is
/// kept by looking at every moment, which bounds what the contract works out backwards from few words.
abstract contract AdmissionActs is EditionActs, SlashActs {
    struct SpanModel {
        uint256 untilSeconds;
        bool isAccepted;
    }

    uint256 internal constant REMOVAL_DELAY = 7 days;
    uint256 internal constant STRANDED_DELAY = 30 days;

    mapping(uint256 workId => mapping(address operator => SpanModel)) internal spans;
    /// @dev When a listed operator served last, at least; and at most, were every removal's delay counted.
    mapping(uint256 workId => uint256) internal servedAtLeast;
    mapping(uint256 workId => uint256) internal servedAtMost;

    // ------------------------------------------------------------------ acts

    function setAdmitted(uint256 work, uint256 who, uint256 node, uint256 wish) external act {
        bool isAdmitted = wish % 2 == 1;
        (uint256 workId, address operator) = (_work(work), _node(node));
        address caller = who % 8 == 0 ? _person(who / 8) : models[workId].creator;
        if (node % 32 == 31) operator = address(0);
        SpanModel storage span = spans[workId][operator];
        bool legal = caller == models[workId].creator
            && (isAdmitted ? _isListable(workId, operator) : span.untilSeconds == FOR_EVER);
        bytes memory data = abi.encodeCall(IAdmissions.setAdmitted, (workId, operator, isAdmitted));
        _attempt(caller, address(admissions), data, legal);
        if (!legal) return;
        // Who comes back after its removal took effect has not accepted.
        if (isAdmitted && span.untilSeconds <= nowSeconds) span.isAccepted = false;
        span.untilSeconds = isAdmitted ? FOR_EVER : nowSeconds + REMOVAL_DELAY;
        if (!isAdmitted && span.isAccepted && _isActive(operator)) {
            servedAtMost[workId] = _max(servedAtMost[workId], span.untilSeconds);
        }
        _sweep();
    }

    function setAccepted(uint256 work, uint256 node, uint256 who, uint256 wish) external act {
        bool isAccepted = wish % 3 != 0;
        (uint256 workId, address operator) = (_work(work), _node(node));
        address caller =
            who % 4 == 0 ? _node(who / 4) : who % 4 == 1 ? registry[operator].paymentKey : operator;
        if (caller == address(0)) return;
        SpanModel storage span = spans[workId][operator];
        bool legal = (caller == operator || caller == registry[operator].paymentKey)
            && span.untilSeconds > nowSeconds && span.isAccepted != isAccepted;
        bytes memory data = abi.encodeCall(IAdmissions.setAccepted, (workId, operator, isAccepted));
        _attempt(caller, address(admissions), data, legal);
        if (!legal) return;
        span.isAccepted = isAccepted;
        _sweep();
    }

    function askGate(uint256 holder, uint256 key, uint256 work, uint256 chain) external act {
        uint256 workId = work % 16 == 0 ? UNKNOWN_WORK : _work(work);
        bytes32 sessionKey = key % 2 == 0 ? registry[_node(key >> 8)].sessionKey : _sessionKey(key >> 8);
        _checkGate(_recipient(holder), sessionKey, workId, chain % 16 == 0 ? chain >> 8 : block.chainid);
        ++taken[msg.sig];
    }

    // ------------------------------------------------------------------ model

    function _onCreated(uint256 workId, address[] memory admitted) internal override {
        for (uint256 i; i < admitted.length; ++i) {
            spans[workId][admitted[i]].untilSeconds = FOR_EVER;
        }
        (servedAtLeast[workId], servedAtMost[workId]) = (nowSeconds, nowSeconds);
    }

    /// @dev Looks at who serves in this very second; an operator that stopped in it served in it.
    function _sweep() internal override {
        for (uint256 n; n < OPERATORS; ++n) {
            address operator = nodes[n];
            bool isActive = _isActive(operator);
            if (isActive) registry[operator].lastActiveAt = nowSeconds;
            else if (registry[operator].lastActiveAt != nowSeconds) continue;
            for (uint256 w; w < workIds.length; ++w) {
                SpanModel storage span = spans[workIds[w]][operator];
                if (!span.isAccepted) continue;
                if (isActive && span.untilSeconds == FOR_EVER) servedAtLeast[workIds[w]] = nowSeconds;
                uint256 until = _min(span.untilSeconds, nowSeconds);
                servedAtMost[workIds[w]] = _max(servedAtMost[workIds[w]], until);
            }
        }
    }

    /// @dev The rule of the gate, as the design says it.
    function _mayDecrypt(address holder, bytes32 sessionKey, uint256 workId, uint256 chainId)
        internal
        view
        returns (bool)
    {
        if (chainId != block.chainid || holder == address(0) || models[workId].creator == address(0)) {
            return false;
        }
        if (holder == models[workId].creator || copies[workId][holder] != 0) return true;
        if (held[workId][holder] == 0 || sessionKey == 0) return false;
        address operator = keyTakenBy[sessionKey];
        if (operator == address(0) || registry[operator].sessionKey != sessionKey) return false;
        return _isActive(operator) && _isAdmitted(workId, operator);
    }

    function _checkGate(address holder, bytes32 sessionKey, uint256 workId, uint256 chainId) internal view {
        assertEq(
            gate.canDecrypt(holder, sessionKey, workId, chainId),
            _mayDecrypt(holder, sessionKey, workId, chainId),
            "36: the gate does not say what the rule says"
        );
    }

    /// @dev Of an active operator.
    function _isAdmitted(uint256 workId, address operator) private view returns (bool) {
        if (models[workId].terms.admission == Admission.Bonded) return true;
        if (spans[workId][operator].untilSeconds > nowSeconds) return true;
        return nowSeconds > admissions.strandedSinceSeconds(workId) + STRANDED_DELAY;
    }

    function _isListable(uint256 workId, address operator) private view returns (bool) {
        return models[workId].terms.admission == Admission.Listed && operator != address(0)
            && spans[workId][operator].untilSeconds != FOR_EVER;
    }
}
