// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../Errors.sol";
import {ICatalogue} from "../interfaces/ICatalogue.sol";
import {Admission, Disclosure, Kind, Parent, Terms, Work} from "../Types.sol";
import {Admissions} from "./Admissions.sol";

/// @title Catalogue
/// @notice See {ICatalogue}.
abstract contract Catalogue is Admissions {
    /// @inheritdoc ICatalogue
    uint16 public constant MAX_RESALE_ROYALTY_BPS = 2500;

    /// @inheritdoc ICatalogue
    uint16 public constant MAX_USAGE_ROYALTY_BPS = 5000;

    /// @inheritdoc ICatalogue
    uint256 public constant MAX_PARENTS = 4;

    /// @inheritdoc ICatalogue
    uint16 public constant MAX_PARENTS_BPS = 5000;

    mapping(uint256 workId => bytes32[]) private _contentHashes;
    mapping(uint256 workId => Parent[]) internal _parents;

    /// @inheritdoc ICatalogue
    mapping(uint256 childId => mapping(uint256 parentId => bool)) public isParentConfirmed;

    /// @inheritdoc ICatalogue
    mapping(address holder => uint64) public grantsRevokedBefore;

    // ------------------------------------------------------------------ creators

    /// @inheritdoc ICatalogue
    function create(
        bytes32 salt,
        Terms calldata terms,
        Parent[] calldata parents,
        address[] calldata admitted,
        bytes32 contentHash
    ) external returns (uint256 workId) {
        workId = workIdOf(msg.sender, salt);
        if (_records[workId].creator != address(0)) revert Errors.Works_AlreadyCreated(workId, msg.sender);
        _checkTerms(terms);
        _records[workId] = Record({
            creator: msg.sender,
            minted: 0,
            editionCap: terms.editionCap,
            resaleRoyaltyBps: terms.resaleRoyaltyBps,
            usageRoyaltyBps: terms.usageRoyaltyBps,
            priceAtomic: terms.priceAtomic,
            maxTurnFeeAtomic: terms.maxTurnFeeAtomic,
            maxInputPerMillionBytesAtomic: terms.maxInputPerMillionBytesAtomic,
            maxOutputPerMillionBytesAtomic: terms.maxOutputPerMillionBytesAtomic,
            kind: terms.kind,
            disclosure: terms.disclosure,
            admission: terms.admission,
            createdAtSeconds: uint40(block.timestamp)
        });
        _setParents(workId, parents);
        for (uint256 i; i < admitted.length; ++i) {
            _admit(workId, admitted[i]);
        }
        emit WorkCreated(workId, msg.sender, terms, parents, admitted, contentHash);
        _publish(workId, contentHash);
    }

    /// @inheritdoc ICatalogue
    function publishVersion(uint256 workId, bytes32 contentHash) external returns (uint32 version) {
        _requireCreator(workId);
        return _publish(workId, contentHash);
    }

    /// @inheritdoc ICatalogue
    function confirmParent(uint256 childId, uint256 parentId) external {
        _requireCreator(parentId);
        if (!_isParent(childId, parentId)) revert Errors.Works_NotParent(childId, parentId);
        if (isParentConfirmed[childId][parentId]) revert Errors.Works_AlreadyConfirmed(childId, parentId);
        isParentConfirmed[childId][parentId] = true;
        emit ParentConfirmed(childId, parentId);
    }

    // ------------------------------------------------------------------ holders

    /// @inheritdoc ICatalogue
    function revokeGrantsBefore(uint64 atSeconds) external {
        if (atSeconds > block.timestamp) revert Errors.Works_RevocationInFuture(atSeconds, block.timestamp);
        uint64 current = grantsRevokedBefore[msg.sender];
        if (atSeconds <= current) revert Errors.Works_RevocationNotLater(atSeconds, current);
        grantsRevokedBefore[msg.sender] = atSeconds;
        emit GrantsRevoked(msg.sender, atSeconds);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc ICatalogue
    function workIdOf(address creator, bytes32 salt) public pure returns (uint256 workId) {
        return uint256(keccak256(abi.encode(creator, salt)));
    }

    /// @inheritdoc ICatalogue
    function work(uint256 workId) external view returns (Work memory) {
        Record storage record = _records[workId];
        return Work({
            creator: record.creator,
            terms: _termsOf(record),
            minted: record.minted,
            latestVersion: uint32(_contentHashes[workId].length),
            createdAtSeconds: record.createdAtSeconds
        });
    }

    /// @inheritdoc ICatalogue
    function creatorOf(uint256 workId) external view returns (address) {
        return _records[workId].creator;
    }

    /// @inheritdoc ICatalogue
    function contentHashOf(uint256 workId, uint32 version) external view returns (bytes32) {
        bytes32[] storage hashes = _contentHashes[workId];
        return version == 0 || version > hashes.length ? bytes32(0) : hashes[version - 1];
    }

    /// @inheritdoc ICatalogue
    function parentsOf(uint256 workId) external view returns (Parent[] memory) {
        return _parents[workId];
    }

    // ------------------------------------------------------------------ internal

    /// @dev Announces that a token's metadata changed.
    function _describe(uint256 workId) internal virtual;

    function _publish(uint256 workId, bytes32 contentHash) private returns (uint32 version) {
        if (contentHash == 0) revert Errors.Works_ZeroContentHash();
        bytes32[] storage hashes = _contentHashes[workId];
        hashes.push(contentHash);
        version = uint32(hashes.length);
        emit VersionPublished(workId, version, contentHash);
        _describe(workId);
    }

    function _checkTerms(Terms calldata terms) private pure {
        if (terms.editionCap == 0) revert Errors.Works_ZeroEditionCap();
        if (terms.resaleRoyaltyBps > MAX_RESALE_ROYALTY_BPS) {
            revert Errors.Works_RoyaltyTooHigh(terms.resaleRoyaltyBps, MAX_RESALE_ROYALTY_BPS);
        }
        if (terms.usageRoyaltyBps > MAX_USAGE_ROYALTY_BPS) {
            revert Errors.Works_RoyaltyTooHigh(terms.usageRoyaltyBps, MAX_USAGE_ROYALTY_BPS);
        }
    }

    function _setParents(uint256 workId, Parent[] calldata parents) private {
        if (parents.length > MAX_PARENTS) revert Errors.Works_TooManyParents(parents.length, MAX_PARENTS);
        uint256 sumBps;
        for (uint256 i; i < parents.length; ++i) {
            Parent calldata parent = parents[i];
            // The work's own record is already there, and yet it is no parent of itself.
            if (_records[parent.workId].creator == address(0) || parent.workId == workId) {
                revert Errors.Works_UnknownWork(parent.workId);
            }
            if (parent.shareBps == 0) revert Errors.Works_ZeroParentShare(parent.workId);
            if (_isParent(workId, parent.workId)) revert Errors.Works_DuplicateParent(parent.workId);
            sumBps += parent.shareBps;
            _parents[workId].push(parent);
        }
        if (sumBps > MAX_PARENTS_BPS) revert Errors.Works_ParentsShareTooHigh(sumBps, MAX_PARENTS_BPS);
    }

    function _isParent(uint256 childId, uint256 parentId) private view returns (bool) {
        Parent[] storage parents = _parents[childId];
        uint256 count = parents.length;
        for (uint256 i; i < count; ++i) {
            if (parents[i].workId == parentId) return true;
        }
        return false;
    }

    function _termsOf(Record storage record) private view returns (Terms memory) {
        return Terms({
            kind: record.kind,
            disclosure: record.disclosure,
            admission: record.admission,
            editionCap: record.editionCap,
            priceAtomic: record.priceAtomic,
            resaleRoyaltyBps: record.resaleRoyaltyBps,
            usageRoyaltyBps: record.usageRoyaltyBps,
            maxTurnFeeAtomic: record.maxTurnFeeAtomic,
            maxInputPerMillionBytesAtomic: record.maxInputPerMillionBytesAtomic,
            maxOutputPerMillionBytesAtomic: record.maxOutputPerMillionBytesAtomic
        });
    }
}
