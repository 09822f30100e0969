// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title IEditions
/// @notice What the ledger adds to and takes from ERC-1155. An edition moves by its owner's own gift, by this market, or
/// through a marketplace on the policy's list; nobody else can be approved, because whoever else moved editions need
/// not pay the creator.
/// @dev Transfers call the ERC-1155 receiver hook of any recipient with code, as the standard asks.
interface IEditions {
    /// @notice A holder burned one edition for an opened copy, which never trades.
    event CopyOpened(uint256 indexed workId, address indexed holder);

    /// @notice ERC-7572: read {contractURI} again.
    event ContractURIUpdated();

    /// @notice ERC-721C/1155C: who validates transfers.
    event TransferValidatorUpdated(address oldValidator, address newValidator);

    /// @notice Burns one edition of an openable work and gives its holder an opened copy.
    /// @dev Only who holds a tradable edition.
    function openCopy(uint256 workId) external;

    /// @notice How many opened copies of a work an account holds.
    function openedCopies(uint256 workId, address holder) external view returns (uint256);

    /// @notice All that the gate asks of an account and a work, in one call; all zero if there is no such work.
    /// @dev Never reverts.
    function standing(uint256 workId, address holder)
        external
        view
        returns (address creator, uint256 editions, uint256 copies);

    /// @notice Whether an account may hold editions: it has no code, or is an EIP-7702 account, or its code is listed.
    function mayHold(address account) external view returns (bool);

    /// @notice ERC-2981: who is owed what when an edition is sold elsewhere.
    function royaltyInfo(uint256 workId, uint256 salePrice)
        external
        view
        returns (address receiver, uint256 royaltyAmount);

    /// @notice ERC-7572: where the metadata of the whole collection is.
    function contractURI() external view returns (string memory);

    /// @notice ERC-721C/1155C: the contract that says which transfers are allowed. It never changes.
    function getTransferValidator() external view returns (address);

    /// @notice ERC-721C/1155C: the function that says so, and that it changes nothing.
    function getTransferValidationFunction() external pure returns (bytes4 selector, bool isView);

    /// @notice ERC-721C/1155C. Always reverts: nobody can lift the royalty.
    function setTransferValidator(address validator) external view;
}
