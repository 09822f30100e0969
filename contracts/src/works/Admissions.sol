// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../Errors.sol";
import {ICatalogue} from "../interfaces/ICatalogue.sol";
import {IOperators} from "../interfaces/IOperators.sol";
import {Admission, Disclosure, Kind} from "../Types.sol";

/// @title Admissions
/// @notice Each work's record, and which operators it admits. See {ICatalogue}.
abstract contract Admissions is ICatalogue {
    /// @dev A work in two words: what sales and royalties touch, and the rest.
    struct Record {
        address creator;
        uint32 minted;
        uint32 editionCap;
        uint16 resaleRoyaltyBps;
        uint16 usageRoyaltyBps;
        uint48 priceAtomic;
        uint48 maxTurnFeeAtomic;
        uint48 maxInputPerMillionBytesAtomic;
        uint48 maxOutputPerMillionBytesAtomic;
        Kind kind;
        Disclosure disclosure;
        Admission admission;
        uint40 createdAtSeconds;
    }

    /// @dev From when until when a work's list admits an operator.
    struct Span {
        uint64 sinceSeconds;
        uint64 untilSeconds;
    }

    uint64 private constant FOR_EVER = type(uint64).max;

    /// @inheritdoc ICatalogue
    uint256 public constant MAX_ADMITTED = 16;

    /// @inheritdoc ICatalogue
    uint64 public constant REMOVAL_DELAY = 7 days;

    /// @inheritdoc ICatalogue
    uint64 public constant STRANDED_DELAY = 30 days;

    /// @inheritdoc ICatalogue
    address public immutable operators;

    mapping(uint256 workId => Record) internal _records;
    mapping(uint256 workId => address[]) private _admitted;
    mapping(uint256 workId => mapping(address operator => Span)) private _spans;
    /// @dev The last moment at which an operator that has since left the list was active in it.
    mapping(uint256 workId => uint64) private _formerlyServedAtSeconds;

    constructor(address operators_) {
        if (operators_ == address(0)) revert Errors.Works_ZeroOperators();
        operators = operators_;
    }

    /// @inheritdoc ICatalogue
    function setAdmitted(uint256 workId, address operator, bool admitted) external {
        _requireCreator(workId);
        uint64 effectiveAtSeconds = uint64(block.timestamp);
        if (admitted) {
            _admit(workId, operator);
        } else {
            effectiveAtSeconds += REMOVAL_DELAY;
            _remove(workId, operator, effectiveAtSeconds);
        }
        emit AdmissionChanged(workId, operator, admitted, effectiveAtSeconds);
    }

    /// @inheritdoc ICatalogue
    function admits(uint256 workId, address operator) external view returns (bool) {
        Record storage record = _records[workId];
        if (record.creator == address(0)) return false;
        if (record.admission == Admission.Bonded) return true;
        if (_spans[workId][operator].untilSeconds > block.timestamp) return true;
        return block.timestamp > uint256(strandedSinceSeconds(workId)) + STRANDED_DELAY
            && IOperators(operators).isActive(operator);
    }

    /// @inheritdoc ICatalogue
    function admittedOf(uint256 workId) external view returns (address[] memory) {
        return _admitted[workId];
    }

    /// @inheritdoc ICatalogue
    function admittedUntilSeconds(uint256 workId, address operator) external view returns (uint64) {
        return _spans[workId][operator].untilSeconds;
    }

    /// @inheritdoc ICatalogue
    function strandedSinceSeconds(uint256 workId) public view returns (uint64 atSeconds) {
        atSeconds = _records[workId].createdAtSeconds;
        if (_formerlyServedAtSeconds[workId] > atSeconds) atSeconds = _formerlyServedAtSeconds[workId];
        address[] storage list = _admitted[workId];
        uint256 count = list.length;
        for (uint256 i; i < count; ++i) {
            (, uint64 servedAtSeconds) = _servedAt(workId, list[i]);
            if (servedAtSeconds > atSeconds) atSeconds = servedAtSeconds;
        }
    }

    function _requireCreator(uint256 workId) internal view {
        address creator = _records[workId].creator;
        if (creator == address(0)) revert Errors.Works_UnknownWork(workId);
        if (msg.sender != creator) revert Errors.Works_NotCreator(workId, msg.sender, creator);
    }

    function _admit(uint256 workId, address operator) internal {
        if (_records[workId].admission == Admission.Bonded) revert Errors.Works_AdmissionIsBonded(workId);
        if (operator == address(0)) revert Errors.Works_ZeroOperator();
        Span storage span = _spans[workId][operator];
        if (span.untilSeconds == FOR_EVER) revert Errors.Works_AlreadyAdmitted(workId, operator);
        address[] storage list = _admitted[workId];
        if (list.length == MAX_ADMITTED) revert Errors.Works_TooManyAdmitted(MAX_ADMITTED + 1, MAX_ADMITTED);
        if (span.untilSeconds <= block.timestamp) span.sinceSeconds = uint64(block.timestamp);
        span.untilSeconds = FOR_EVER;
        list.push(operator);
    }

    function _remove(uint256 workId, address operator, uint64 effectiveAtSeconds) private {
        Span storage span = _spans[workId][operator];
        if (span.untilSeconds != FOR_EVER) revert Errors.Works_NotAdmitted(workId, operator);
        (bool active, uint64 servedAtSeconds) = _servedAt(workId, operator);
        // An active operator serves on until its removal takes effect.
        if (active) servedAtSeconds = effectiveAtSeconds;
        if (servedAtSeconds > _formerlyServedAtSeconds[workId]) {
            _formerlyServedAtSeconds[workId] = servedAtSeconds;
        }
        span.untilSeconds = effectiveAtSeconds;
        _unlist(_admitted[workId], operator);
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

    /// @dev When a listed operator was last active while listed; zero if never.
    function _servedAt(uint256 workId, address operator)
        private
        view
        returns (bool active, uint64 atSeconds)
    {
        (active, atSeconds) = IOperators(operators).activity(operator);
        if (atSeconds < _spans[workId][operator].sinceSeconds) atSeconds = 0;
    }
}
