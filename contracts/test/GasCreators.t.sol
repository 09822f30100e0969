// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {GasStage} from "./GasStage.sol";

/// @dev What a creator's acts cost.
/// forge-config: default.isolate = true
/// forge-config: tests.isolate = true
contract GasCreatorsTest is GasStage {
    function snapshotGroup() internal pure override returns (string memory) {
        return "creators";
    }

    function test_create() public {
        createWork("none", saleTerms(), noParents(), nobody());
        measured("create, bare");
        createWork("one", saleTerms(), noParents(), listOf(node));
        measured("create, one admitted operator");
        createWork("four", saleTerms(), works.parentsOf(childId), listOf(node));
        measured("create, four parents and one admitted operator");
    }

    function test_publish() public {
        vm.prank(creator.addr);
        works.publishVersion(workId, "second");
        measured("publish a version");
    }

    function test_parents() public {
        uint256 parentId = works.parentsOf(childId)[0].workId;
        vm.prank(creator.addr);
        works.confirmParent(childId, parentId);
        measured("confirm a parent");
    }

    function test_admissions() public {
        vm.prank(creator.addr);
        admissions.setAdmitted(workId, stranger, true);
        measured("admit an operator");
        vm.prank(creator.addr);
        admissions.setAdmitted(workId, stranger, false);
        measured("remove an operator");
        vm.prank(node);
        admissions.setAccepted(workId, node, true);
        measured("accept an admission");
    }
}
