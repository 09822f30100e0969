// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {KeyNode} from "../Types.sol";
import {IOwned} from "./IOwned.sol";

/// @title IKeyNetwork
/// @notice The registry of key nodes, in the shape that Lit's client reads, with the network's public key and every
/// node's verification key pinned. The network key never changes; nodes and threshold change by announcement, for
/// longer than an operator's unbonding takes.
interface IKeyNetwork is IOwned {
    /// @notice Lit's view of an epoch.
    struct LitEpoch {
        uint256 epochLength;
        uint256 number;
        uint256 endTime;
        uint256 retries;
        uint256 timeout;
    }

    /// @notice Lit's view of a node.
    struct LitValidator {
        uint32 ip;
        uint128 ipv6;
        uint32 port;
        address nodeAddress;
        uint256 reward;
        uint256 senderPubKey;
        uint256 receiverPubKey;
    }

    /// @notice The set of nodes changed; zero is the only state ("active"). Lit's client reconnects upon it.
    event StateChanged(uint8 newState);

    /// @notice A set of nodes was announced; anyone may activate it at `activatableAtSeconds`.
    event Announced(KeyNode[] nodes, uint256 threshold, uint64 activatableAtSeconds);

    /// @notice The owner took its announcement back.
    event AnnouncementWithdrawn();

    /// @notice How long an announcement stands before it can be activated.
    function ANNOUNCEMENT_DELAY() external view returns (uint64);

    /// @notice The most nodes.
    function MAX_NODES() external view returns (uint256);

    /// @notice 48-byte compressed G1 point that content is encrypted to.
    function networkKey() external view returns (bytes memory);

    /// @notice The current nodes. The share index of each is its position + 1.
    function keyNodes() external view returns (KeyNode[] memory);

    /// @notice How many nodes' shares decrypt.
    function threshold() external view returns (uint256);

    /// @notice Number of the current set of nodes, from 1.
    function epoch() external view returns (uint256);

    /// @notice What is announced; `activatableAtSeconds` is zero if nothing is.
    function announcement()
        external
        view
        returns (KeyNode[] memory nodes, uint256 threshold_, uint64 activatableAtSeconds);

    /// @notice Announces a set of nodes. A second announcement replaces the first and waits anew.
    /// @dev Only the owner.
    function announce(KeyNode[] calldata nodes, uint256 threshold_) external;

    /// @notice Takes an announcement back.
    /// @dev Only the owner.
    function withdrawAnnouncement() external;

    /// @notice Activates what was announced, once {ANNOUNCEMENT_DELAY} is over. Anyone may.
    function activate() external;

    /// @notice The view that Lit's client reads: epoch, threshold and nodes.
    /// @dev Lit's client asks for the epoch before the current one in the first 45 seconds from the third epoch on.
    /// Our nodes serve one epoch at a time, so every epoch is shown as begun earlier than that.
    function getActiveUnkickedValidatorStructsAndCounts()
        external
        view
        returns (LitEpoch memory, uint256 minNodeCount, LitValidator[] memory);
}
