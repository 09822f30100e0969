// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Parent, Terms, Work} from "../Types.sol";
import {IParents} from "./IParents.sol";

/// @title ICatalogue
/// @notice Works: their creators, terms and versions.
interface ICatalogue is IParents {
    /// @notice A work was created. The operators in `admitted` are admitted at once, without further events.
    event WorkCreated(
        uint256 indexed workId,
        address indexed creator,
        Terms terms,
        Parent[] parents,
        address[] admitted,
        bytes32 contentHash
    );

    /// @notice A version was published; version 1 comes with the creation.
    event VersionPublished(uint256 indexed workId, uint32 indexed version, bytes32 contentHash);

    /// @notice A holder declared every grant that was issued before `beforeSeconds` void.
    event GrantsRevoked(address indexed holder, uint64 beforeSeconds);

    /// @notice Cap of a work's resale royalty.
    function MAX_RESALE_ROYALTY_BPS() external view returns (uint16);

    /// @notice Cap of a work's usage royalty.
    function MAX_USAGE_ROYALTY_BPS() external view returns (uint16);

    /// @notice Which operators may serve each work: a contract of its own, deployed with this one.
    function admissions() external view returns (address);

    /// @notice The id that a creator's work with this salt has or will have, so that content can be sealed to it
    /// before the work exists: `uint256(keccak256(abi.encode(creator, salt)))`.
    function workIdOf(address creator, bytes32 salt) external view returns (uint256 workId);

    /// @notice Creates a work; its creator is the caller. No edition is minted.
    /// @param salt Makes the id; see {workIdOf}.
    /// @param terms Fixed for ever.
    /// @param parents Existing works that this one derives from.
    /// @param admitted Operators that may serve it; empty where admission is `Bonded`.
    /// @param contentHash Hash of the first version's public manifest.
    function create(
        bytes32 salt,
        Terms calldata terms,
        Parent[] calldata parents,
        address[] calldata admitted,
        bytes32 contentHash
    ) external returns (uint256 workId);

    /// @notice Publishes a version. Editions are good for every version, and no version can be withdrawn.
    /// @dev Only the creator.
    function publishVersion(uint256 workId, bytes32 contentHash) external returns (uint32 version);

    /// @notice Declares all of the caller's grants that were issued before `atSeconds` void.
    /// @dev Only ever later, and never in the future.
    function revokeGrantsBefore(uint64 atSeconds) external;

    /// @notice A work; all zero if there is none.
    function work(uint256 workId) external view returns (Work memory);

    /// @notice A work's creator; zero if there is no such work.
    function creatorOf(uint256 workId) external view returns (address);

    /// @notice Content hash of a version; zero if there is no such version.
    function contentHashOf(uint256 workId, uint32 version) external view returns (bytes32);

    /// @notice Grants of this holder that were issued before this moment are void.
    function grantsRevokedBefore(address holder) external view returns (uint64);
}
