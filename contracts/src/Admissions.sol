// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "./Errors.sol";
import {IAdmissions} from "./interfaces/IAdmissions.sol";
import {IOperators} from "./interfaces/IOperators.sol";
import {Admission} from "./Types.sol";

/// @title Admissions
/// @notice See {IAdmissions}.
contract Admissions is IAdmissions {
    /// @dev What a work was created with.
    struct Beginning {
        address creator;
        uint40 createdAtSeconds;
        Admission admission;
    }

    /// @dev From when until when a work's list admits an operator, and since when it counts as serving the work.
    struct Span {
        uint64 sinceSeconds;
        uint64 untilSeconds;
        /// @dev Zero while the operator has not accepted.
        uint64 acceptedAtSeconds;
    }

    uint64 private constant FOR_EVER = type(uint64).max;

    /// @inheritdoc IAdmissions
    uint256 public constant MAX_ADMITTED = 16;

    /// @inheritdoc IAdmissions
    uint64 public constant REMOVAL_DELAY = 7 days;

    /// @inheritdoc IAdmissions
    uint64 public constant STRANDED_DELAY = 30 days;

    /// @inheritdoc IAdmissions
    address public immutable works;

    /// @inheritdoc IAdmissions
    address public immutable operators;

    mapping(uint256 workId => Beginning) private _beginnings;
    mapping(uint256 workId => address[]) private _admitted;
    mapping(uint256 workId => mapping(address operator => Span)) private _spans;
    /// @dev The last moment at which an operator that has since left the list served the work.
    mapping(uint256 workId => uint64) private _formerlyServedAtSeconds;

    constructor(address works_, address operators_) {
        if (operators_ == address(0)) revert Errors.Admissions_ZeroOperators();
        (works, operators) = (works_, operators_);
    }

    // ------------------------------------------------------------------ works

    /// @inheritdoc IAdmissions
    function begin(uint256 workId, address creator, Admission admission, address[] calldata admitted)
        external
    {
        if (msg.sender != works) revert Errors.Admissions_NotWorks(msg.sender, works);
        _beginnings[workId] = Beginning(creator, uint40(block.timestamp), admission);
        for (uint256 i; i < admitted.length; ++i) {
            _admit(workId, admission, admitted[i]);
        }
    }

    // ------------------------------------------------------------------ creators

    /// @inheritdoc IAdmissions
    function setAdmitted(uint256 workId, address operator, bool admitted) external {
        Beginning storage beginning = _beginnings[workId];
        if (beginning.creator == address(0)) revert Errors.Admissions_UnknownWork(workId);
        if (msg.sender != beginning.creator) {
            revert Errors.Admissions_NotCreator(workId, msg.sender, beginning.creator);
        }
        uint64 effectiveAtSeconds = uint64(block.timestamp);
        if (admitted) {
            _admit(workId, beginning.admission, operator);
        } else {
            effectiveAtSeconds += REMOVAL_DELAY;
            _remove(workId, operator, effectiveAtSeconds);
        }
        emit AdmissionChanged(workId, operator, admitted, effectiveAtSeconds);
    }

    // ------------------------------------------------------------------ operators

    /// @inheritdoc IAdmissions
    function setAccepted(uint256 workId, address operator, bool accepted) external {
        if (msg.sender != operator && IOperators(operators).operatorOfPaymentKey(msg.sender) != operator) {
            revert Errors.Admissions_NotOperator(msg.sender, operator);
        }
        Span storage span = _spans[workId][operator];
        if (span.untilSeconds <= block.timestamp) revert Errors.Admissions_NotAdmitted(workId, operator);
        if ((span.acceptedAtSeconds != 0) == accepted) {
            revert Errors.Admissions_Unchanged(workId, operator, accepted);
        }
        if (!accepted) _remember(workId, _servedAt(workId, operator));
        span.acceptedAtSeconds = accepted ? uint64(block.timestamp) : 0;
        emit AdmissionAccepted(workId, operator, accepted);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IAdmissions
    function admits(uint256 workId, address operator) external view returns (bool) {
        Beginning storage beginning = _beginnings[workId];
        if (beginning.creator == address(0)) return false;
        if (beginning.admission == Admission.Bonded) return true;
        if (_spans[workId][operator].untilSeconds > block.timestamp) return true;
        return block.timestamp > uint256(strandedSinceSeconds(workId)) + STRANDED_DELAY
            && IOperators(operators).isActive(operator);
    }

    /// @inheritdoc IAdmissions
    function admittedOf(uint256 workId) external view returns (address[] memory) {
        return _admitted[workId];
    }

    /// @inheritdoc IAdmissions
    function admittedUntilSeconds(uint256 workId, address operator) external view returns (uint64) {
        return _spans[workId][operator].untilSeconds;
    }

    /// @inheritdoc IAdmissions
    function acceptedAtSeconds(uint256 workId, address operator) external view returns (uint64) {
        Span storage span = _spans[workId][operator];
        return span.untilSeconds > block.timestamp ? span.acceptedAtSeconds : 0;
    }

    /// @inheritdoc IAdmissions
    function strandedSinceSeconds(uint256 workId) public view returns (uint64 atSeconds) {
        atSeconds = _beginnings[workId].createdAtSeconds;
        if (_formerlyServedAtSeconds[workId] > atSeconds) atSeconds = _formerlyServedAtSeconds[workId];
        address[] storage list = _admitted[workId];
        uint256 count = list.length;
        for (uint256 i; i < count; ++i) {
            uint64 servedAtSeconds = _servedAt(workId, list[i]);
            if (servedAtSeconds > atSeconds) atSeconds = servedAtSeconds;
        }
    }

    // ------------------------------------------------------------------ internal

    function _admit(uint256 workId, Admission admission, address operator) private {
        if (admission == Admission.Bonded) revert Errors.Admissions_IsBonded(workId);
        if (operator == address(0)) revert Errors.Admissions_ZeroOperator();
        Span storage span = _spans[workId][operator];
        if (span.untilSeconds == FOR_EVER) revert Errors.Admissions_AlreadyAdmitted(workId, operator);
        address[] storage list = _admitted[workId];
        if (list.length == MAX_ADMITTED) revert Errors.Admissions_TooMany(MAX_ADMITTED + 1, MAX_ADMITTED);
        // Who comes back after its removal took effect begins anew, and has not accepted yet.
        if (span.untilSeconds <= block.timestamp) {
            (span.sinceSeconds, span.acceptedAtSeconds) = (uint64(block.timestamp), 0);
        }
        span.untilSeconds = FOR_EVER;
        list.push(operator);
    }

    function _remove(uint256 workId, address operator, uint64 effectiveAtSeconds) private {
        Span storage span = _spans[workId][operator];
        if (span.untilSeconds != FOR_EVER) revert Errors.Admissions_NotAdmitted(workId, operator);
        // An active operator that accepted serves on until its removal takes effect.
        bool serves = span.acceptedAtSeconds != 0 && IOperators(operators).isActive(operator);
        _remember(workId, serves ? effectiveAtSeconds : _servedAt(workId, operator));
        span.untilSeconds = effectiveAtSeconds;
        _unlist(_admitted[workId], operator);
    }

    function _remember(uint256 workId, uint64 servedAtSeconds) private {
        if (servedAtSeconds > _formerlyServedAtSeconds[workId]) {
            _formerlyServedAtSeconds[workId] = servedAtSeconds;
        }
    }

    function _unlist(address[] storage list, address operator) private {
        uint256 last = list.length - 1;
        for (uint256 i; i < last; ++i) {
            if (list[i] == operator) {
                list[i] = list[last];
                break;
            }
        }
        list.pop();
    }

    /// @dev When a listed operator was last active after it had been listed and had accepted; zero if never.
    function _servedAt(uint256 workId, address operator) private view returns (uint64 atSeconds) {
        Span storage span = _spans[workId][operator];
        if (span.acceptedAtSeconds == 0) return 0;
        (, atSeconds) = IOperators(operators).activity(operator);
        if (atSeconds < span.sinceSeconds || atSeconds < span.acceptedAtSeconds) return 0;
    }
}
