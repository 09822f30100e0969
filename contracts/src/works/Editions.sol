// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC1155} from "solady/tokens/ERC1155.sol";

import {Accounts} from "../Accounts.sol";
import {Errors} from "../Errors.sol";
import {IEditions} from "../interfaces/IEditions.sol";
import {IPolicy} from "../interfaces/IPolicy.sol";
import {Disclosure} from "../Types.sol";
import {Catalogue} from "./Catalogue.sol";

/// @title Editions
/// @notice See {IEditions}.
abstract contract Editions is IEditions, ERC1155, Catalogue {
    bytes4 private constant ERC2981_INTERFACE_ID = 0x2a55205a;
    /// @dev Of ERC-721C's and ERC-1155C's `ICreatorToken`.
    bytes4 private constant CREATOR_TOKEN_INTERFACE_ID = 0xad0d7f6c;
    /// @dev `validateTransfer(address,address,address,uint256,uint256)`.
    bytes4 private constant VALIDATE_TRANSFER = 0x1854b241;

    /// @dev Where the metadata is served: an origin without a trailing slash.
    string private _metadataBase;

    /// @inheritdoc IEditions
    mapping(uint256 workId => mapping(address holder => uint256)) public openedCopies;

    constructor(string memory metadataBase) {
        _metadataBase = metadataBase;
        emit ContractURIUpdated();
        emit TransferValidatorUpdated(address(0), policy);
    }

    // ------------------------------------------------------------------ opened copies

    /// @inheritdoc IEditions
    function openCopy(uint256 workId) external {
        Origin storage origin = _origins[workId];
        if (origin.creator == address(0)) revert Errors.Works_UnknownWork(workId);
        if (origin.disclosure != Disclosure.Openable) revert Errors.Works_NotOpenable(workId);
        _requireHeld(msg.sender, workId, 1);
        openedCopies[workId][msg.sender] += 1;
        _burn(msg.sender, workId, 1);
        emit CopyOpened(workId, msg.sender);
    }

    // ------------------------------------------------------------------ transfers

    /// @dev The owner's own gift, or a listed marketplace's sale, to an account that may hold editions.
    function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes calldata data)
        public
        override
    {
        _requireMayMove(from, to);
        super.safeTransferFrom(from, to, id, amount, data);
    }

    /// @dev Several works' editions at once.
    function safeBatchTransferFrom(
        address from,
        address to,
        uint256[] calldata ids,
        uint256[] calldata amounts,
        bytes calldata data
    ) public override {
        _requireMayMove(from, to);
        super.safeBatchTransferFrom(from, to, ids, amounts, data);
    }

    /// @dev Approves listed marketplaces alone: whoever else could move another's editions could sell them past the
    /// royalty. An approval can always be taken back.
    function setApprovalForAll(address operator, bool isApproved) public override {
        if (isApproved && !IPolicy(policy).isMarketplace(operator)) {
            revert Errors.Works_NotMarketplace(operator);
        }
        super.setApprovalForAll(operator, isApproved);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IEditions
    function mayHold(address account) public view returns (bool) {
        // Most accounts are plain: the policy is asked only of contracts.
        return Accounts.isPlainOrDelegated(account) || IPolicy(policy).mayHold(account);
    }

    /// @inheritdoc IEditions
    function standing(uint256 workId, address holder)
        external
        view
        returns (address creator, uint256 editions, uint256 copies)
    {
        return (_origins[workId].creator, balanceOf(holder, workId), openedCopies[workId][holder]);
    }

    /// @inheritdoc IEditions
    function royaltyInfo(uint256 workId, uint256 salePrice)
        external
        view
        returns (address receiver, uint256 royaltyAmount)
    {
        return (_origins[workId].creator, _bpsOf(salePrice, _tills[workId].resaleRoyaltyBps()));
    }

    /// @inheritdoc IEditions
    function contractURI() external view returns (string memory) {
        return string.concat(_metadataBase, "/v1/contract");
    }

    /// @dev Clients put the id in, as ERC-1155 says: 64 lower-case hexadecimal digits.
    function uri(uint256) public view override returns (string memory) {
        return string.concat(_metadataBase, "/v1/metadata/{id}");
    }

    /// @inheritdoc IEditions
    function getTransferValidator() external view returns (address) {
        return policy;
    }

    /// @inheritdoc IEditions
    function getTransferValidationFunction() external pure returns (bytes4 selector, bool isView) {
        return (VALIDATE_TRANSFER, true);
    }

    /// @inheritdoc IEditions
    function setTransferValidator(address) external view {
        revert Errors.Works_ValidatorIsFixed(policy);
    }

    /// @dev ERC-165, ERC-1155 and its metadata, ERC-2981, ERC-721C/1155C.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == ERC2981_INTERFACE_ID || interfaceId == CREATOR_TOKEN_INTERFACE_ID
            || super.supportsInterface(interfaceId);
    }

    // ------------------------------------------------------------------ internal

    function _describe(uint256 workId) internal override {
        emit URI(uri(workId), workId);
    }

    function _requireMayHold(address account) internal view {
        if (account == address(0)) revert Errors.Works_ZeroRecipient();
        if (!mayHold(account)) revert Errors.Works_RecipientIsContract(account, account.codehash);
    }

    function _requireHeld(address holder, uint256 workId, uint256 needed) internal view {
        uint256 held = balanceOf(holder, workId);
        if (held < needed) revert Errors.Works_NotEnoughEditions(workId, holder, held, needed);
    }

    /// @dev Whether the holder approved a marketplace, the standard's own check says afterwards.
    function _requireMayMove(address from, address to) private view {
        if (msg.sender != from && !IPolicy(policy).isMarketplace(msg.sender)) {
            revert Errors.Works_NotMarketplace(msg.sender);
        }
        _requireMayHold(to);
    }

    /// @dev Rounds down. Splits the multiplication so that no sum is too large.
    function _bpsOf(uint256 amount, uint256 bps) private pure returns (uint256) {
        return amount / BPS * bps + amount % BPS * bps / BPS;
    }
}
