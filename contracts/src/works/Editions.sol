// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC1155} from "solady/tokens/ERC1155.sol";

import {Accounts} from "../Accounts.sol";
import {Errors} from "../Errors.sol";
import {IEditions} from "../interfaces/IEditions.sol";
import {Disclosure} from "../Types.sol";
import {Catalogue} from "./Catalogue.sol";

/// @title Editions
/// @notice See {IEditions}.
abstract contract Editions is IEditions, ERC1155, Catalogue {
    bytes4 private constant ERC2981_INTERFACE_ID = 0x2a55205a;

    /// @dev Where the metadata is served: an origin without a trailing slash.
    string private _metadataBase;

    /// @inheritdoc IEditions
    mapping(bytes32 codeHash => bool) public isAccountCode;

    /// @inheritdoc IEditions
    mapping(uint256 workId => mapping(address holder => uint256)) public openedCopies;

    constructor(string memory metadataBase, bytes32[] memory accountCodeHashes) {
        _metadataBase = metadataBase;
        for (uint256 i; i < accountCodeHashes.length; ++i) {
            isAccountCode[accountCodeHashes[i]] = true;
        }
    }

    // ------------------------------------------------------------------ opened copies

    /// @inheritdoc IEditions
    function openCopy(uint256 workId) external {
        Record storage record = _records[workId];
        if (record.creator == address(0)) revert Errors.Works_UnknownWork(workId);
        if (record.disclosure != Disclosure.Openable) revert Errors.Works_NotOpenable(workId);
        _requireHeld(msg.sender, workId, 1);
        openedCopies[workId][msg.sender] += 1;
        _burn(msg.sender, workId, 1);
        emit CopyOpened(workId, msg.sender);
    }

    // ------------------------------------------------------------------ gifts

    /// @dev The owner's own gift, to an account that may hold editions.
    function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes calldata data)
        public
        override
    {
        _requireMayHold(to);
        super.safeTransferFrom(from, to, id, amount, data);
    }

    /// @dev Several gifts at once.
    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        bytes calldata data
    ) public override {
        _requireMayHold(to);
        super.safeBatchTransferFrom(from, to, ids, amounts, data);
    }

    /// @dev Always reverts: whoever could move another's editions could sell them past the royalty.
    function setApprovalForAll(address, bool) public pure override {
        revert Errors.Works_ApprovalsDisabled();
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IEditions
    function mayHold(address account) public view returns (bool) {
        return Accounts.isPlainOrDelegated(account) || isAccountCode[account.codehash];
    }

    /// @inheritdoc IEditions
    function royaltyInfo(uint256 workId, uint256 salePrice)
        external
        view
        returns (address receiver, uint256 royaltyAmount)
    {
        Record storage record = _records[workId];
        return (record.creator, _bpsOf(salePrice, record.resaleRoyaltyBps));
    }

    /// @inheritdoc IEditions
    function contractURI() external view returns (string memory) {
        return string.concat(_metadataBase, "/v1/contract");
    }

    /// @dev Clients put the id in, as ERC-1155 says: 64 lower-case hexadecimal digits.
    function uri(uint256) public view override returns (string memory) {
        return string.concat(_metadataBase, "/v1/metadata/{id}");
    }

    /// @dev ERC-165, ERC-1155 and its metadata, ERC-2981.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == ERC2981_INTERFACE_ID || super.supportsInterface(interfaceId);
    }

    // ------------------------------------------------------------------ internal

    function _describe(uint256 workId) internal override {
        emit URI(uri(workId), workId);
    }

    function _requireMayHold(address account) internal view {
        if (!mayHold(account)) revert Errors.Works_RecipientIsContract(account, account.codehash);
    }

    function _requireHeld(address holder, uint256 workId, uint256 needed) internal view {
        uint256 held = balanceOf(holder, workId);
        if (held < needed) revert Errors.Works_NotEnoughEditions(workId, holder, held, needed);
    }

    /// @dev Rounds down. Splits the multiplication so that no sum is too large.
    function _bpsOf(uint256 amount, uint256 bps) private pure returns (uint256) {
        return amount / 10_000 * bps + amount % 10_000 * bps / 10_000;
    }
}
