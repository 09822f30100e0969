// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title ICredits
/// @notice What the ledger owes to whom. Everything but a seller's proceeds is pulled, so that no payee can block
/// another. A creator's and the treasury's shares accrue in the till of each work; {gather} turns them into credit.
interface ICredits {
    /// @notice An account was credited with what a work brought it.
    event Credited(address indexed account, uint256 indexed workId, uint256 amountAtomic);

    /// @notice An account withdrew all its credit.
    event Withdrawn(address indexed account, address indexed to, uint256 amountAtomic);

    /// @notice The protocol's share of a work's payments is this from now on.
    event FeeAdopted(uint256 indexed workId, uint16 feeBps);

    /// @notice The ERC-20 in which everything is priced and paid.
    function money() external view returns (address);

    /// @notice Account that is credited with the protocol's fee.
    function treasury() external view returns (address);

    /// @notice Where the fee and the allowed marketplaces are announced.
    function policy() external view returns (address);

    /// @notice The protocol's share of every payment for a work: what the policy said when the work was created or when
    /// somebody last had it adopted.
    function feeBpsOf(uint256 workId) external view returns (uint16);

    /// @notice The most that {feeBpsOf} can be, whatever the policy says.
    function MAX_PROTOCOL_FEE_BPS() external view returns (uint16);

    /// @notice What an account can withdraw at once. What its works have accrued comes on top; see {accruedOf}.
    function creditOf(address account) external view returns (uint256);

    /// @notice What a work has accrued for its creator and for the treasury, and {gather} would credit.
    function accruedOf(uint256 workId) external view returns (uint256 creatorAtomic, uint256 treasuryAtomic);

    /// @notice Takes over, for these works, the fee that an announcement of the policy has brought into force. Anyone may.
    /// @dev Reverts if there is no such work, or above {MAX_PROTOCOL_FEE_BPS}; passes over works that have it already.
    function adoptFee(uint256[] calldata workIds) external;

    /// @notice Credits what works have accrued to their creators and to the treasury. Anyone may.
    /// @dev Reverts if there is no such work; passes over works that have accrued nothing.
    function gather(uint256[] calldata workIds) external;

    /// @notice Sends all of the caller's credit to `to`.
    /// @dev Reverts if there is none, or if `to` is zero.
    function withdraw(address to) external returns (uint256 amountAtomic);

    /// @notice {gather} and {withdraw} in one call.
    function gatherAndWithdraw(uint256[] calldata workIds, address to) external returns (uint256 amountAtomic);
}
