// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LibClone} from "solady/utils/LibClone.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {Errors} from "../Errors.sol";
import {IRoyalties} from "../interfaces/IRoyalties.sol";
import {ISplitter} from "../interfaces/ISplitter.sol";
import {Parent} from "../Types.sol";
import {Credits} from "./Credits.sol";
import {Parents} from "./Parents.sol";
import {Splitter} from "./Splitter.sol";
import {Till} from "./Till.sol";

/// @title Royalties
/// @notice See {IRoyalties}.
abstract contract Royalties is IRoyalties, Parents, Credits {
    using SafeTransferLib for address;

    /// @dev What stays in a splitter: a balance word that never returns to zero makes each later payment cheaper.
    uint256 private constant RESTING_ATOMIC = 1;

    /// @inheritdoc IRoyalties
    address public immutable splitterBody;

    constructor() {
        splitterBody = address(new Splitter(address(this), money));
    }

    /// @inheritdoc IRoyalties
    function splitterOf(uint256 workId, address operator) public view returns (address) {
        return
            LibClone.predictDeterministicAddress_PUSH0(splitterBody, _salt(workId, operator), address(this));
    }

    /// @inheritdoc IRoyalties
    function collect(uint256 workId, address operator) external returns (uint256 amountAtomic) {
        _tillOf(workId);
        if (operator == address(0)) revert Errors.Works_ZeroOperator();
        amountAtomic = _collect(workId, operator);
        if (amountAtomic == 0) {
            address splitter = splitterOf(workId, operator);
            revert Errors.Works_NothingToCollect(splitter, money.balanceOf(splitter));
        }
    }

    /// @inheritdoc IRoyalties
    function collectMany(uint256[] calldata workIds, address[] calldata operators_)
        external
        returns (uint256 amountAtomic)
    {
        if (workIds.length != operators_.length) {
            revert Errors.Works_LengthMismatch(workIds.length, operators_.length);
        }
        for (uint256 i; i < workIds.length; ++i) {
            if (_tills[workIds[i]].editionCap() == 0 || operators_[i] == address(0)) continue;
            amountAtomic += _collect(workIds[i], operators_[i]);
        }
    }

    /// @dev Zero if there is nothing to collect.
    function _collect(uint256 workId, address operator) private returns (uint256 amountAtomic) {
        address splitter = splitterOf(workId, operator);
        uint256 balanceAtomic = money.balanceOf(splitter);
        if (balanceAtomic <= RESTING_ATOMIC) return 0;
        amountAtomic = balanceAtomic - RESTING_ATOMIC;
        _share(workId, operator, amountAtomic);
        if (splitter.code.length == 0) {
            LibClone.cloneDeterministic_PUSH0(splitterBody, _salt(workId, operator));
        }
        ISplitter(splitter).sweep(amountAtomic);
    }

    /// @dev Shares out by the work's terms. Each share is rounded down; the operator's is the rest.
    function _share(uint256 workId, address operator, uint256 amountAtomic) private {
        Till till = _tillOf(workId);
        uint256 protocolAtomic = amountAtomic * till.feeBps() / BPS;
        uint256 royaltyAtomic = amountAtomic * till.usageRoyaltyBps() / BPS;
        uint256 operatorAtomic = amountAtomic - protocolAtomic - royaltyAtomic;
        uint256 parentsAtomic = till.parentCount() == 0 ? 0 : _shareWithParents(workId, royaltyAtomic);
        uint256 creatorAtomic = royaltyAtomic - parentsAtomic;
        _tills[workId] = _accrued(workId, till, creatorAtomic, protocolAtomic);
        creditOf[operator] += operatorAtomic;
        emit Collected(
            workId, operator, amountAtomic, creatorAtomic, parentsAtomic, operatorAtomic, protocolAtomic
        );
    }

    function _shareWithParents(uint256 workId, uint256 royaltyAtomic)
        private
        returns (uint256 parentsAtomic)
    {
        Parent[] memory parents = parentsOf(workId);
        for (uint256 i; i < parents.length; ++i) {
            uint256 parentId = parents[i].workId;
            uint256 shareAtomic = royaltyAtomic * parents[i].shareBps / BPS;
            if (shareAtomic == 0) continue;
            parentsAtomic += shareAtomic;
            _tills[parentId] = _accrued(parentId, _tills[parentId], shareAtomic, 0);
            emit ParentPaid(workId, parentId, shareAtomic);
        }
    }

    /// @dev The splitter's address commits to the pair through this alone.
    function _salt(uint256 workId, address operator) private pure returns (bytes32) {
        return keccak256(abi.encode(workId, operator));
    }
}
