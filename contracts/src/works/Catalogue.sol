// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Admissions} from "../Admissions.sol";
import {Errors} from "../Errors.sol";
import {IAdmissions} from "../interfaces/IAdmissions.sol";
import {ICatalogue} from "../interfaces/ICatalogue.sol";
import {Parent, Terms, Work} from "../Types.sol";
import {Credits} from "./Credits.sol";
import {Parents} from "./Parents.sol";
import {Till, Tills} from "./Till.sol";

/// @title Catalogue
/// @notice See {ICatalogue}.
abstract contract Catalogue is ICatalogue, Parents, Credits {
    /// @inheritdoc ICatalogue
    uint16 public constant MAX_RESALE_ROYALTY_BPS = 2500;

    /// @inheritdoc ICatalogue
    uint16 public constant MAX_USAGE_ROYALTY_BPS = 5000;

    /// @inheritdoc ICatalogue
    address public immutable admissions;

    mapping(uint256 workId => mapping(uint256 version => bytes32)) private _contentHashes;

    /// @inheritdoc ICatalogue
    mapping(address holder => uint64) public grantsRevokedBefore;

    constructor(address operators) {
        admissions = address(new Admissions(address(this), operators));
    }

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
        if (_origins[workId].creator != address(0)) revert Errors.Works_AlreadyCreated(workId, msg.sender);
        _checkTerms(terms);
        // The parents first: a work that does not exist yet is no parent of itself.
        uint64 parentShares = _setParents(workId, parents);
        _record(workId, terms, parents.length, parentShares);
        emit WorkCreated(workId, msg.sender, terms, parents, admitted, contentHash);
        _publish(workId, contentHash);
        IAdmissions(admissions).begin(workId, msg.sender, terms.admission, admitted);
    }

    /// @inheritdoc ICatalogue
    function publishVersion(uint256 workId, bytes32 contentHash) external returns (uint32 version) {
        _requireCreator(workId);
        return _publish(workId, contentHash);
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
        Origin storage origin = _origins[workId];
        return Work({
            creator: origin.creator,
            terms: _termsOf(workId),
            minted: uint32(_tills[workId].minted()),
            latestVersion: origin.latestVersion,
            createdAtSeconds: origin.createdAtSeconds
        });
    }

    /// @inheritdoc ICatalogue
    function creatorOf(uint256 workId) external view returns (address) {
        return _origins[workId].creator;
    }

    /// @inheritdoc ICatalogue
    function contentHashOf(uint256 workId, uint32 version) external view returns (bytes32) {
        return _contentHashes[workId][version];
    }

    // ------------------------------------------------------------------ internal

    /// @dev Announces that a token's metadata changed.
    function _describe(uint256 workId) internal virtual;

    function _record(uint256 workId, Terms calldata terms, uint256 parentCount, uint64 parentShares) private {
        uint16 feeBps = _feeInForce();
        _tills[workId] = Tills.make(
            terms.editionCap,
            terms.priceAtomic,
            terms.resaleRoyaltyBps,
            terms.usageRoyaltyBps,
            feeBps,
            parentCount
        );
        emit FeeAdopted(workId, feeBps);
        _origins[workId] = Origin({
            creator: msg.sender,
            createdAtSeconds: uint40(block.timestamp),
            latestVersion: 0,
            kind: terms.kind,
            disclosure: terms.disclosure,
            admission: terms.admission
        });
        _ceilings[workId] = Ceilings({
            maxTurnFeeAtomic: terms.maxTurnFeeAtomic,
            maxInputPerMillionBytesAtomic: terms.maxInputPerMillionBytesAtomic,
            maxOutputPerMillionBytesAtomic: terms.maxOutputPerMillionBytesAtomic,
            parentShares: parentShares
        });
    }

    function _publish(uint256 workId, bytes32 contentHash) private returns (uint32 version) {
        if (contentHash == 0) revert Errors.Works_ZeroContentHash();
        Origin storage origin = _origins[workId];
        version = origin.latestVersion + 1;
        origin.latestVersion = version;
        _contentHashes[workId][version] = contentHash;
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

    function _termsOf(uint256 workId) private view returns (Terms memory) {
        Till till = _tills[workId];
        Origin storage origin = _origins[workId];
        Ceilings storage ceilings = _ceilings[workId];
        return Terms({
            kind: origin.kind,
            disclosure: origin.disclosure,
            admission: origin.admission,
            editionCap: uint32(till.editionCap()),
            priceAtomic: uint48(till.priceAtomic()),
            resaleRoyaltyBps: uint16(till.resaleRoyaltyBps()),
            usageRoyaltyBps: uint16(till.usageRoyaltyBps()),
            maxTurnFeeAtomic: ceilings.maxTurnFeeAtomic,
            maxInputPerMillionBytesAtomic: ceilings.maxInputPerMillionBytesAtomic,
            maxOutputPerMillionBytesAtomic: ceilings.maxOutputPerMillionBytesAtomic
        });
    }
}
