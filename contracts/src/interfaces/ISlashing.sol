// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Slash} from "../Types.sol";
import {IOwned} from "./IOwned.sol";

/// @title ISlashing
/// @notice How the owner may take a part of an operator's bond: at most {MAX_SLASH_BPS} of it in {SLASH_PERIOD}, after
/// a notice with a reason that the operator may answer, to an account that can never be the owner.
/// @dev Notice and answer together are six days shorter than unbonding: a slash that is announced within those of an
/// operator's leaving reaches its bond. An announced slash that is not executed lapses, and holds nothing back meanwhile.
interface ISlashing is IOwned {
    /// @notice The owner announced that it will take `amountAtomic`; it can from `dueAtSeconds`, later if answered.
    event SlashAnnounced(address indexed operator, uint256 amountAtomic, string reason, uint64 dueAtSeconds);

    /// @notice The operator answered, which moves the slash to `dueAtSeconds`.
    event SlashAnswered(address indexed operator, string answer, uint64 dueAtSeconds);

    /// @notice The owner took an announced slash back.
    event SlashWithdrawn(address indexed operator);

    /// @notice `amountAtomic` of a bond was taken.
    event Slashed(address indexed operator, uint256 amountAtomic);

    /// @notice The most of a bond that one slash takes.
    function MAX_SLASH_BPS() external view returns (uint256);

    /// @notice How long a slash is announced before it can be executed.
    function SLASH_NOTICE() external view returns (uint40);

    /// @notice How much longer, if the operator answered.
    function SLASH_ANSWER() external view returns (uint40);

    /// @notice For how long a slash that is due can be executed, before it lapses.
    function SLASH_WINDOW() external view returns (uint40);

    /// @notice The least time between two slashes of one operator.
    function SLASH_PERIOD() external view returns (uint64);

    /// @notice Who receives what is taken: the protocol's treasury, or an account that nobody controls. Never the owner.
    function slashedTo() external view returns (address);

    /// @notice When an operator was last slashed; zero if never.
    function slashedAtSeconds(address operator) external view returns (uint64);

    /// @notice What is announced against an operator; all zero if nothing ever was.
    function slashOf(address operator) external view returns (Slash memory);

    /// @notice Announces a slash, with its reason in words or a link.
    /// @dev Only the owner; one at a time.
    function announceSlash(address operator, uint128 amountAtomic, string calldata reason) external;

    /// @notice Takes an announced slash back.
    /// @dev Only the owner.
    function withdrawSlash(address operator) external;

    /// @notice Takes what was announced, or what the cap has left of it if the bond shrank meanwhile.
    /// @dev Only the owner, from `dueAtSeconds` until `lapsesAtSeconds`.
    function executeSlash(address operator) external;

    /// @notice Answers the slash that is announced against the caller, once. It is due {SLASH_ANSWER} later.
    function answerSlash(string calldata answer) external;
}
