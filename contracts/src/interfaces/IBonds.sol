// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title IBonds
/// @notice What operators stake. A bond at or above the minimum, not unbonding, makes an operator active. It is given
/// back whole, but for a slash, after a delay that is six days longer than a slash's notice and answer.
/// @dev For the safety of funds: the money is honest. For liveness only: it does not block this contract.
interface IBonds {
    /// @notice An operator's bond changed to `bondAtomic`.
    event BondChanged(address indexed operator, uint256 bondAtomic);

    /// @notice An operator stopped being active; its bond is free at `freeAtSeconds`.
    event UnbondingBegan(address indexed operator, uint64 freeAtSeconds);

    /// @notice An operator came back before withdrawing.
    event UnbondingCancelled(address indexed operator);

    /// @notice How long a bond stays after its operator stopped.
    function UNBONDING_DELAY() external view returns (uint64);

    /// @notice The ERC-20 that bonds are in.
    function money() external view returns (address);

    /// @notice The least bond with which an operator is active.
    function minimumBondAtomic() external view returns (uint256);

    /// @notice Adds to the caller's bond, by allowance.
    /// @dev Only a registered operator, and not while unbonding.
    function addBond(uint256 amountAtomic) external;

    /// @notice Starts to release the caller's bond. It stops being active at once.
    /// @dev Only an operator with a bond, and not while unbonding.
    function beginUnbonding() external;

    /// @notice Takes {beginUnbonding} back.
    /// @dev Only while unbonding.
    function cancelUnbonding() external;

    /// @notice Sends the whole bond to `to`, once {UNBONDING_DELAY} is over. A slash that is only announced does not
    /// hold it.
    /// @dev Only while unbonding; not to zero.
    function withdrawBond(address to) external;
}
