// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Operator, Prices} from "../Types.sol";
import {IBonds} from "./IBonds.sol";
import {ISlashing} from "./ISlashing.sol";

/// @title IOperators
/// @notice The registry of those who serve works: bond, endpoint, keys and prices. An operator's id is its owner's
/// address. A record is never removed; its bond can be.
/// @dev Keys are claimed without proof of possession: whoever claims a foreign key gains nothing by it, and the true
/// holder takes another.
interface IOperators is IBonds, ISlashing {
    /// @notice An operator registered.
    event OperatorRegistered(
        address indexed operator, string endpoint, bytes32 sessionKey, address paymentKey, Prices prices
    );

    /// @notice An operator changed its endpoint, payment key or prices.
    event OperatorUpdated(
        address indexed operator, string endpoint, bytes32 sessionKey, address paymentKey, Prices prices
    );

    /// @notice An operator took a new session key; the old one is void for ever.
    event SessionKeyRotated(address indexed operator, bytes32 sessionKey);

    /// @notice The longest endpoint.
    function MAX_ENDPOINT_BYTES() external view returns (uint256);

    /// @notice Registers the caller.
    /// @param endpoint Where the operator's node answers.
    /// @param sessionKey Ed25519 key of the node's sessions with the key nodes: not zero, and nobody's before.
    /// @param paymentKey Signs quotes and receipts and runs payment channels: not the caller, no other operator's.
    /// @param bondAtomic Pulled by allowance; may be zero, and then the operator is not active.
    function register(
        string calldata endpoint,
        bytes32 sessionKey,
        address paymentKey,
        Prices calldata prices,
        uint256 bondAtomic
    ) external;

    /// @notice Changes what the caller registered, but for keys that identify sessions.
    function update(string calldata endpoint, address paymentKey, Prices calldata prices) external;

    /// @notice Replaces the caller's session key at once. A key serves one operator, once, for ever.
    function rotateSessionKey(bytes32 newKey) external;

    /// @notice The operator whose current session key this is; zero if none.
    function operatorOf(bytes32 sessionKey) external view returns (address);

    /// @notice The active operator whose current session key this is; zero if none.
    /// @dev Never reverts.
    function activeOperatorOf(bytes32 sessionKey) external view returns (address);

    /// @notice The operator that ever claimed this session key, current or not; zero if none.
    function sessionKeyOwner(bytes32 sessionKey) external view returns (address);

    /// @notice The operator whose current payment key this is; zero if none.
    function operatorOfPaymentKey(address paymentKey) external view returns (address);

    /// @notice An operator; all zero if not registered.
    function operator(address owner) external view returns (Operator memory);

    /// @notice Whether an operator's bond is at least the minimum and not unbonding.
    function isActive(address owner) external view returns (bool);

    /// @notice Whether an operator is active, and when it last was: now while active, zero if never.
    function activity(address owner) external view returns (bool active, uint64 lastActiveAtSeconds);
}
