// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Parent, Terms, Work} from "../Types.sol";

/// @title ICatalogue
/// @notice Works: their terms, versions, parents, and the operators that they admit.
interface ICatalogue {
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

    /// @notice An operator was admitted (at once) or removed (at `effectiveAtSeconds`).
    event AdmissionChanged(
        uint256 indexed workId, address indexed operator, bool admitted, uint64 effectiveAtSeconds
    );

    /// @notice The parent's creator confirmed that the child derives from it.
    event ParentConfirmed(uint256 indexed childId, uint256 indexed parentId);

    /// @notice A holder declared every grant that was issued before `beforeSeconds` void.
    event GrantsRevoked(address indexed holder, uint64 beforeSeconds);

    /// @notice Cap of a work's resale royalty.
    function MAX_RESALE_ROYALTY_BPS() external view returns (uint16);

    /// @notice Cap of a work's usage royalty.
    function MAX_USAGE_ROYALTY_BPS() external view returns (uint16);

    /// @notice The most parents that a work can name.
    function MAX_PARENTS() external view returns (uint256);

    /// @notice Cap of the parents' shares in sum.
    function MAX_PARENTS_BPS() external view returns (uint16);

    /// @notice The most operators that a work can list at a time.
    function MAX_ADMITTED() external view returns (uint256);

    /// @notice How long a removed operator stays admitted.
    function REMOVAL_DELAY() external view returns (uint64);

    /// @notice After how long without an active admitted operator any active operator is admitted.
    function STRANDED_DELAY() external view returns (uint64);

    /// @notice The registry of operators.
    function operators() external view returns (address);

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

    /// @notice Admits an operator at once, or removes it after {REMOVAL_DELAY}.
    /// @dev Only the creator, and only where admission is `Listed`. Admitting one whose removal is pending keeps it.
    function setAdmitted(uint256 workId, address operator, bool admitted) external;

    /// @notice Confirms that a child derives from the caller's work. Until then the relation is a claim. Shares are
    /// paid either way.
    function confirmParent(uint256 childId, uint256 parentId) external;

    /// @notice Declares all of the caller's grants that were issued before `atSeconds` void.
    /// @dev Only ever later, and never in the future.
    function revokeGrantsBefore(uint64 atSeconds) external;

    /// @notice A work; all zero if there is none.
    function work(uint256 workId) external view returns (Work memory);

    /// @notice A work's creator; zero if there is no such work.
    function creatorOf(uint256 workId) external view returns (address);

    /// @notice Content hash of a version; zero if there is no such version.
    function contentHashOf(uint256 workId, uint32 version) external view returns (bytes32);

    /// @notice The parents that a work names.
    function parentsOf(uint256 workId) external view returns (Parent[] memory);

    /// @notice Whether the parent's creator confirmed the relation.
    function isParentConfirmed(uint256 childId, uint256 parentId) external view returns (bool);

    /// @notice The operators that a work lists, without those whose removal is pending.
    function admittedOf(uint256 workId) external view returns (address[] memory);

    /// @notice Until when a work's list admits an operator: zero if never listed, the largest value while listed.
    function admittedUntilSeconds(uint256 workId, address operator) external view returns (uint64);

    /// @notice Since when no admitted operator of a work has been active; now, while one is.
    function strandedSinceSeconds(uint256 workId) external view returns (uint64);

    /// @notice Whether a work admits an operator: it is listed, or was until its removal takes effect, or admission is
    /// `Bonded`. None of these looks at the operator's bond. Besides, if no admitted operator has been active for
    /// {STRANDED_DELAY}, every active operator is admitted: a creator cannot strand those who bought.
    /// @dev Never reverts.
    function admits(uint256 workId, address operator) external view returns (bool);

    /// @notice Grants of this holder that were issued before this moment are void.
    function grantsRevokedBefore(address holder) external view returns (uint64);
}
