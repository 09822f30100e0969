// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IWorks} from "../src/interfaces/IWorks.sol";

/// @dev The ledger of works with the ERC-1155 that it inherits.
interface ILedger is IWorks {
    error NotOwnerNorApproved();
    error InsufficientBalance();
    error TransferToNonERC1155ReceiverImplementer();

    event URI(string value, uint256 indexed id);

    function balanceOf(address holder, uint256 id) external view returns (uint256);
    function balanceOfBatch(address[] calldata holders, uint256[] calldata ids)
        external
        view
        returns (uint256[] memory);
    function isApprovedForAll(address holder, address operator) external view returns (bool);
    function setApprovalForAll(address operator, bool approved) external;
    function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes calldata data)
        external;
    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        bytes calldata data
    ) external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function uri(uint256 id) external view returns (string memory);
}
