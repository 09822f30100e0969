// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title ICredits
/// @notice What the ledger owes to whom. Everything but a seller's proceeds is credited and pulled, so that no payee
/// can block another.
interface ICredits {
    /// @notice An account was credited with its share of a payment for a work.
    event Credited(address indexed account, uint256 indexed workId, uint256 amountAtomic);

    /// @notice An account withdrew all its credit.
    event Withdrawn(address indexed account, address indexed to, uint256 amountAtomic);

    /// @notice The ERC-20 in which everything is priced and paid.
    function money() external view returns (address);

    /// @notice Account that is credited with the protocol's fee.
    function treasury() external view returns (address);

    /// @notice The protocol's share of every payment.
    function protocolFeeBps() external view returns (uint16);

    /// @notice The most that {protocolFeeBps} can be.
    function MAX_PROTOCOL_FEE_BPS() external view returns (uint16);

    /// @notice What an account can withdraw.
    function creditOf(address account) external view returns (uint256);

    /// @notice Sends all of the caller's credit to `to`.
    /// @dev Reverts if there is none, or if `to` is zero.
    function withdraw(address to) external returns (uint256 amountAtomic);
}
