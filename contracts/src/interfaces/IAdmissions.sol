// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Admission} from "../Types.sol";

/// @title IAdmissions
/// @notice Which operators may serve a work. A creator lists them, and takes them off with {REMOVAL_DELAY}; or, by the
/// work's terms, any bonded operator may. If no operator that accepted its listing is active for {STRANDED_DELAY}, any
/// active operator may serve: a creator cannot strand those who bought.
/// @dev Works deploys it and tells it of each new work. It holds no money.
interface IAdmissions {
    /// @notice An operator was admitted (at once) or removed (at `effectiveAtSeconds`). Those that a work is created with
    /// stand in its creation's event alone.
    event AdmissionChanged(
        uint256 indexed workId, address indexed operator, bool admitted, uint64 effectiveAtSeconds
    );

    /// @notice A listed operator undertook to serve a work, or took that back.
    event AdmissionAccepted(uint256 indexed workId, address indexed operator, bool accepted);

    /// @notice The most operators that a work can list at a time.
    function MAX_ADMITTED() external view returns (uint256);

    /// @notice How long a removed operator stays admitted.
    function REMOVAL_DELAY() external view returns (uint64);

    /// @notice After how long without an active operator that accepted, any active operator is admitted.
    function STRANDED_DELAY() external view returns (uint64);

    /// @notice The ledger of works, the only one that may begin a list.
    function works() external view returns (address);

    /// @notice The registry of operators.
    function operators() external view returns (address);

    /// @notice Begins a new work's list.
    /// @dev Only {works}, upon creation.
    function begin(uint256 workId, address creator, Admission admission, address[] calldata admitted) external;

    /// @notice Admits an operator at once, or removes it after {REMOVAL_DELAY}.
    /// @dev Only the creator, and only where admission is `Listed`. Admitting one whose removal is pending keeps it.
    function setAdmitted(uint256 workId, address operator, bool admitted) external;

    /// @notice A listed operator undertakes to serve a work, or takes that back. A listed operator may serve either way;
    /// but only one that accepted keeps a work from counting as stranded, so that nobody can keep it captive by
    /// listing a stranger who knows nothing of it.
    /// @dev Only the operator, or its payment key, and only while admitted.
    function setAccepted(uint256 workId, address operator, bool accepted) external;

    /// @notice The operators that a work lists, without those whose removal is pending.
    function admittedOf(uint256 workId) external view returns (address[] memory);

    /// @notice Until when a work's list admits an operator: zero if never listed, the largest value while listed.
    function admittedUntilSeconds(uint256 workId, address operator) external view returns (uint64);

    /// @notice Since when an operator undertakes to serve a work; zero while it does not.
    function acceptedAtSeconds(uint256 workId, address operator) external view returns (uint64);

    /// @notice Since when no operator that accepted has been active; now, while one is.
    function strandedSinceSeconds(uint256 workId) external view returns (uint64);

    /// @notice Whether a work admits an operator: it is listed, or was until its removal takes effect, or admission is
    /// `Bonded`. None of these looks at the operator's bond. Besides, once a work is stranded for {STRANDED_DELAY},
    /// every active operator is admitted.
    /// @dev Never reverts.
    function admits(uint256 workId, address operator) external view returns (bool);
}
