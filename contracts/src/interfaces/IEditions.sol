// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title IEditions
/// @notice What the ledger adds to and takes from ERC-1155. An edition moves by its owner's own gift or by the market;
/// there are no approvals, because an approved marketplace need not pay the creator.
/// @dev Transfers call the ERC-1155 receiver hook of any recipient with code, as the standard asks.
interface IEditions {
    /// @notice A holder burned one edition for an opened copy, which never trades.
    event CopyOpened(uint256 indexed workId, address indexed holder);

    /// @notice Burns one edition of an openable work and gives its holder an opened copy.
    function openCopy(uint256 workId) external;

    /// @notice How many opened copies of a work an account holds.
    function openedCopies(uint256 workId, address holder) external view returns (uint256);

    /// @notice Whether contracts with this code hash may hold editions. The list is fixed at construction.
    function isAccountCode(bytes32 codeHash) external view returns (bool);

    /// @notice Whether an account may hold editions: it has no code, or is an EIP-7702 account, or its code is listed.
    function mayHold(address account) external view returns (bool);

    /// @notice ERC-2981: who is owed what when an edition is sold elsewhere.
    function royaltyInfo(uint256 workId, uint256 salePrice)
        external
        view
        returns (address receiver, uint256 royaltyAmount);

    /// @notice ERC-7572: where the metadata of the whole collection is.
    function contractURI() external view returns (string memory);
}
