// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../Errors.sol";
import {Admission, Disclosure, Kind} from "../Types.sol";
import {Till} from "./Till.sol";

/// @title Records
/// @notice What the ledger stores of each work, in three words by how often they are touched: its till, its origin,
/// its ceilings.
abstract contract Records {
    /// @dev Whose the work is and what it is.
    struct Origin {
        address creator;
        uint40 createdAtSeconds;
        uint32 latestVersion;
        Kind kind;
        Disclosure disclosure;
        Admission admission;
    }

    /// @dev What the ledger only keeps: ceilings that clients and nodes obey, and the shares of parents, in order.
    struct Ceilings {
        uint48 maxTurnFeeAtomic;
        uint48 maxInputPerMillionBytesAtomic;
        uint48 maxOutputPerMillionBytesAtomic;
        uint64 parentShares;
    }

    mapping(uint256 workId => Till) internal _tills;
    mapping(uint256 workId => Origin) internal _origins;
    mapping(uint256 workId => Ceilings) internal _ceilings;

    /// @dev A till that was never made has no editions to sell.
    function _tillOf(uint256 workId) internal view returns (Till till) {
        till = _tills[workId];
        if (till.editionCap() == 0) revert Errors.Works_UnknownWork(workId);
    }

    function _requireCreator(uint256 workId) internal view {
        address creator = _origins[workId].creator;
        if (creator == address(0)) revert Errors.Works_UnknownWork(workId);
        if (msg.sender != creator) revert Errors.Works_NotCreator(workId, msg.sender, creator);
    }
}
