// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title IOwned
/// @notice A contract with an owner: an account, a multisig or a governor. Ownership passes in two steps, so that it
/// cannot be lost to an address that nobody controls.
interface IOwned {
    /// @notice The owner offered ownership; zero takes an offer back.
    event OwnershipOffered(address indexed owner, address indexed to);

    /// @notice Ownership passed. The first event of a contract comes from zero.
    event OwnershipTaken(address indexed from, address indexed to);

    /// @notice Who holds the powers that this contract grants.
    function owner() external view returns (address);

    /// @notice To whom ownership is offered; zero if to nobody.
    function offeredOwner() external view returns (address);

    /// @notice Offers ownership. A second offer replaces the first; zero takes it back.
    /// @dev Only the owner.
    function offerOwnership(address to) external;

    /// @notice Takes offered ownership.
    /// @dev Only the account that it is offered to.
    function acceptOwnership() external;
}
